package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestBenchWire_bad: what is no answer is an error of its own kind, and never holds the benchmark.
func TestBenchWire_bad(t *testing.T) {
	endless := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := io.WriteString(w, text); err != nil {
					return
				}
			}
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		args   []string
		kind   string // "" is an answer
		says   string
	}{
		"HTML":          {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><title>Login</title>") }, nil, "bad_stream", "Login"},
		"wrong path":    {func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, nil, "http_status", "404"},
		"endless":       {endless(": ping\n\n"), []string{"--timeout", "0.2"}, "timeout_total", "200ms"},
		"endless words": {endless(strings.Replace(oneToken[:strings.Index(oneToken, "\n")+2], `"stop"`, "null", 1)), nil, "bad_stream", "chunks"},
		"one long line": {endless(strings.Repeat("data: x", 1<<16)), nil, "bad_stream", "longer than"},
		"one long word": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `data: {"choices":[{"delta":{"content":"`)
			endless(strings.Repeat("x", 1<<16))(w, nil)
		}, nil, "bad_stream", "longer than"},
		"silent":  {silent, []string{"--first-token-timeout", "0.1"}, "timeout_first_token", "100ms"},
		"control": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "\x1b[2Jgone\u202e", 500) }, nil, "http_status", `\x1b[2Jgone`},
		"not UTF-8": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Replace(oneToken, `"a"`, "\"\xff\xfe\"", 1))
		}, []string{"--keep-text"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := webServer(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					tt.answer(w, r)
				}
			})
			b := benchAgainst(t, nil, append(tt.args, "--target", s.URL, "--wait", "0", "--max-requests", "2")...)
			if len(b.rows) != 2 {
				t.Fatalf("exit code %d, %d rows, said %s", b.code, len(b.rows), b.stderr)
			}
			for _, r := range b.rows {
				if r.ErrorKind != tt.kind || !strings.Contains(r.ErrorMessage, tt.says) {
					t.Errorf("%s: %s", r.ErrorKind, r.ErrorMessage)
				}
			}
			if strings.ContainsAny(b.stderr, "\x1b\u202e") {
				t.Errorf("said %q", b.stderr)
			}
		})
	}
}
