package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/results"
)

// badServer is a server that does not answer as one should, and what is to become of a benchmark against it.
type badServer struct {
	answer http.HandlerFunc // of the requests; the models are listed as they should be
	args   []string
	code   int
	kinds  map[string]int // of the errors, and how many were cut off
	says   string         // by each error
	text   string         // of the answers, where there are any
	most   int            // MiB of the client at its peak, if more than 256
}

const piece = `data: {"choices":[{"delta":{"content":"a"}}]}` + "\n\n"

func badServers() map[string]badServer {
	whole := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		}
	}
	return map[string]badServer{
		"wrong path": {
			args: []string{"--endpoint", "/api/v1/chat/completions"}, answer: http.NotFound,
			code: exitRemote, kinds: map[string]int{"http_status": 3}, says: "404 page not found",
		},
		"HTML instead of a stream": {
			answer: whole("text/html", "<html><head><title>Sign in</title></head><body>first</body></html>"),
			code:   exitRemote, kinds: map[string]int{"bad_stream": 3}, says: "Sign in",
		},
		"a stream of something else": {
			answer: whole("text/event-stream", "data: <b>\n\ndata: [DONE]\n\n"),
			code:   exitRemote, kinds: map[string]int{"bad_stream": 3}, says: "<b>",
		},
		"endless stream of tokens": {
			answer: endless(strings.Repeat(piece, 100)), args: []string{"--max-requests", "1"},
			code: exitRemote, kinds: map[string]int{"bad_stream": 1}, says: "more than 262144 chunks", most: 512,
		},
		"endless stream of pings": {
			answer: endless(": ping\n\n"), args: []string{"--timeout", "500ms"},
			code: exitRemote, kinds: map[string]int{"timeout_total": 3}, says: "500ms",
		},
		"line of 1 GiB": {
			answer: endless(strings.Repeat("x", 1<<16)),
			code:   exitRemote, kinds: map[string]int{"bad_stream": 3}, says: "longer than",
		},
		"error page of 1 GiB": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusBadGateway)
				endless(strings.Repeat("x", 1<<16))(w, r)
			},
			code: exitRemote, kinds: map[string]int{"http_status": 3}, says: "502 Bad Gateway",
		},
		"invalid UTF-8": {
			answer: whole("text/event-stream", "data: {\"choices\":[{\"delta\":{\"content\":\"caf\xe9\"}}]}\n\ndata: [DONE]\n\n"),
			code:   exitOK, text: "caf\ufffd",
		},
		"never answers, and a time limit": {
			answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			args:   []string{"--max-seconds", "500ms", "--grace", "0"},
			code:   exitRemote, kinds: map[string]int{"unfinished": 1},
		},
		"never answers, and a patience": {
			answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			args:   []string{"--first-token-timeout", "200ms"},
			code:   exitRemote, kinds: map[string]int{"timeout_first_token": 3}, says: "200ms",
		},
	}
}

// endless sends a text, up to 1 GiB of it, until the client leaves.
func endless(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for sent := 0; sent < 1<<30; sent += len(text) {
			if _, err := io.WriteString(w, text); err != nil {
				return
			}
		}
	}
}

// TestBench_badServers: whatever a server sends, the benchmark ends, in little memory, each request is counted as what
// it was, and the report says so in words fit for a terminal.
func TestBench_badServers(t *testing.T) {
	for name, bad := range badServers() {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					fmt.Fprint(w, `{"data":[{"id":"m"}]}`)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				bad.answer(w, r)
			}))
			defer server.Close()
			path := filepath.Join(t.TempDir(), "r.parquet")
			args := []string{"bench", "-", "--target", server.URL, "--max-requests", "3", "--keep-text", "-o", path}
			got := measure(t, strings.NewReader("hello\n"), append(args, bad.args...)...)
			if got.code != bad.code {
				t.Errorf("exit code %d, want %d: %s", got.code, bad.code, got.stderr)
			}
			if got.peak > max(bad.most, 256) && !raced() {
				t.Errorf("%d MiB at the peak", got.peak)
			}
			if said := got.stderr + got.stdout; strings.ContainsFunc(said, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
				t.Errorf("not fit for a terminal: %q", said)
			}
			bad.check(t, path)
		})
	}
}

// check compares what the results have with what was to become of the requests.
func (bad badServer) check(t *testing.T, path string) {
	t.Helper()
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kinds := make(map[string]int)
	for r, err := range f.Records() {
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case r.Status == results.StatusUnfinished:
			kinds[r.Status]++
		case r.ErrorKind != "":
			kinds[r.ErrorKind]++
		}
		if !strings.Contains(r.ErrorMessage, bad.says) {
			t.Errorf("the error is %q, want it to say %q", r.ErrorMessage, bad.says)
		}
		if bad.text != "" && (r.ResponseText == nil || *r.ResponseText != bad.text) {
			t.Errorf("the text of %+v, want %q", r, bad.text)
		}
	}
	if diff := cmp.Diff(bad.kinds, kinds, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
