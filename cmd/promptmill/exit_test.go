package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/promptmill/promptmill/bench/results"
)

// cmdExits runs a command and holds its exit code:
//
//	exits 3 promptmill convert nowhere.parquet -o out.jsonl
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		coded, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v: %v", args[1:], err)
		}
		got = coded.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v: exit code %d, want %d", args[1:], got, want)
	}
}

// An interrupt ends a run at once with exit code 5, and what was in flight is in the file.
func TestInterrupt(t *testing.T) {
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/models" {
			_, _ = io.WriteString(w, `{"data":[{"id":"m"}]}`)
			return
		}
		if r.Method == http.MethodGet { // of /metrics
			http.NotFound(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server watch for the client's leaving
		close(asked)
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, interrupt := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		interrupt(errInterrupted)
	}()
	path := filepath.Join(t.TempDir(), "results.parquet")
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"bench", "-", "--format-is-not-a-flag"}, testProcess("hello\n", &stdout, &stderr))
	if code != exitUsage {
		t.Fatalf("an unknown flag gave exit code %d, want %d", code, exitUsage)
	}
	code = run(ctx, []string{"bench", "-", "--target", server.URL, "-o", path}, testProcess("hello\n", &stdout, &stderr))
	if code != exitPart {
		t.Fatalf("exit code %d, want %d\n%s", code, exitPart, &stderr)
	}
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Run.Stopped != "interrupted" || f.NumRows() != 1 {
		t.Errorf("stopped %q with %d rows, want interrupted with 1", f.Run.Stopped, f.NumRows())
	}
	for r, err := range f.Records() {
		if err != nil || r.Status != results.StatusUnfinished {
			t.Errorf("row: status %q, error %v; want %q", r.Status, err, results.StatusUnfinished)
		}
	}
}

// An idle stdin does not keep a command from being interrupted.
func TestInterrupt_stdin(t *testing.T) {
	for _, args := range [][]string{{"validate", "-"}, {"bench", "-", "--target", "http://127.0.0.1:1"}} {
		idle, writer := io.Pipe()
		defer writer.Close()
		ctx, interrupt := context.WithCancelCause(t.Context())
		var stdout, stderr bytes.Buffer
		p := testProcess("", &stdout, &stderr)
		p.stdin = readerFunc(func(b []byte) (int, error) {
			interrupt(errInterrupted)
			return idle.Read(b)
		})
		if code := run(ctx, args, p); code != exitPart {
			t.Errorf("%v: exit code %d, want %d\n%s", args, code, exitPart, &stderr)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestRun_panicIsABug(t *testing.T) {
	var stdout, stderr bytes.Buffer
	p := testProcess("", &stdout, &stderr)
	p.getenv = func(string) string { panic("planted") }
	if code := run(t.Context(), []string{"pull", "org/name"}, p); code != exitBug {
		t.Errorf("exit code %d, want %d", code, exitBug)
	}
	if !strings.Contains(stderr.String(), "bug in promptmill") {
		t.Errorf("stderr does not say that it is a bug:\n%s", &stderr)
	}
}

func testProcess(stdin string, stdout, stderr io.Writer) *process {
	return &process{stdin: strings.NewReader(stdin), stdout: stdout, stderr: stderr, getenv: func(string) string { return "" }}
}
