package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// A benched is what a bench left behind.
type benched struct {
	code   int
	stderr string
	run    results.Run
	rows   []results.Record
	file   []byte
}

// benchAgainst runs bench with two prompts and a model, as from a shell with the given environment.
func benchAgainst(t *testing.T, env map[string]string, args ...string) (b benched) {
	t.Helper()
	return benchHeard(t, env, func(string) {}, args...)
}

// benchFile is benchAgainst with the prompts of a file.
func benchFile(t *testing.T, prompts string, args ...string) benched {
	t.Helper()
	return benchPrompts(t, prompts, nil, func(string) {}, args...)
}

// benchHeard is benchAgainst with a listener to what is said on stderr.
func benchHeard(t *testing.T, env map[string]string, hear func(said string), args ...string) benched {
	t.Helper()
	return benchPrompts(t, "-", env, hear, args...)
}

func benchPrompts(t *testing.T, prompts string, env map[string]string, hear func(said string), args ...string) (b benched) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.parquet")
	var stderr bytes.Buffer
	p := testProcess("hello\nworld\n", io.Discard, io.MultiWriter(&stderr, hearer(hear)))
	p.getenv = func(name string) string { return env[name] }
	args = append([]string{"bench", prompts, "--model", "m", "--no-progress", "-o", path}, args...)
	b.code = run(t.Context(), args, p)
	b.stderr = stderr.String()
	if b.code != exitOK && b.code != exitRemote {
		return b
	}
	f, err := results.Open(path)
	if err != nil {
		if b.code == exitOK {
			t.Error(err)
		}
		return b
	}
	defer f.Close()
	b.run = f.Run
	for r, err := range f.Records() {
		if err != nil {
			t.Error(err)
		}
		b.rows = append(b.rows, *r)
	}
	b.file, _ = os.ReadFile(path)
	return b
}

const oneToken = `data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"

func answerOne(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, oneToken) }

func webServer(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// write makes a file of the test, which only its user may read.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// hearer is a writer that passes on what is written.
type hearer func(said string)

func (h hearer) Write(b []byte) (int, error) {
	h(string(b))
	return len(b), nil
}
