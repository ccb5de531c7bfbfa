package main

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// benchOnTerminal runs bench on a terminal of so many columns until that has shown what is awaited, and returns all
// that the terminal was sent.
func benchOnTerminal(t *testing.T, columns uint16, awaited string, args ...string) string {
	t.Helper()
	master, terminal := openTerminalPair(t, columns)
	shown := make(chan string, 1)
	all := &finder{pattern: regexp.MustCompile(awaited), found: shown}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(all, master) // it ends when the terminal is closed
	}()
	wait := sync.OnceFunc(func() {
		select {
		case <-shown:
		case <-t.Context().Done():
		}
	})
	server := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/completions") {
			wait()
		}
		answerOne(w, r)
	})
	p := testProcess("hello\nworld\n", io.Discard, terminal)
	p.getenv = func(name string) string { return map[string]string{"TERM": "xterm", "NO_COLOR": "1"}[name] }
	args = append([]string{"bench", "-", "--model", "m", "--target", server.URL, "-o", t.TempDir() + "/r.parquet"}, args...)
	if code := run(t.Context(), args, p); code != exitOK {
		t.Fatalf("exit code %d: %q", code, all.text())
	}
	_, _ = io.WriteString(terminal, "THE END\n")
	_ = terminal.Close()
	<-copied
	return all.text()
}

// The dashboard is there while requests go, and gone when they are over.
func TestBenchLive_dashboard(t *testing.T) {
	sent := benchOnTerminal(t, 80, `(?s)synchronous.*in flight.*TTFT.*latency.*errors`)
	var g glass
	g.write(sent)
	if text := g.text(); strings.Contains(text, "in flight") || !strings.Contains(text, "requests/s, ended by") || !strings.HasSuffix(text, "THE END") {
		t.Errorf("in the end the terminal shows:\n%s", text)
	}
	if strings.Contains(sent, "m\x1b[0m") {
		t.Error("colour in spite of NO_COLOR")
	}
}

// Where a dashboard does not fit, or is not wanted, a line has to do.
func TestBenchLive_line(t *testing.T) {
	for _, test := range []struct {
		columns uint16
		args    []string
	}{{40, nil}, {80, []string{"--live", "plain"}}} {
		sent := benchOnTerminal(t, test.columns, `synchronous  [0-9]+s, 0/2 done, 1 in flight`, test.args...)
		if strings.Contains(sent, "TTFT") {
			t.Errorf("%d columns, %v: a dashboard: %q", test.columns, test.args, sent)
		}
	}
}
