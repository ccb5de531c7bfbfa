package main

import (
	"bytes"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// A server that sends more than its answer is no reason for net/http to write to the terminal.
func TestBench_logsNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, `{"data":[{"id":"m"}]}`)
			return
		}
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		event := `data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}` + "\n\n"
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sunasked\n", len(event), event)
	}))
	defer server.Close()
	var logged, stderr bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&logged)
	code := run(t.Context(), []string{
		"bench", "-", "--target", server.URL, "--max-requests", "20", "-q", "-o", filepath.Join(t.TempDir(), "r.parquet"),
	}, &process{
		stdin: strings.NewReader("hello\n"), stdout: &bytes.Buffer{}, stderr: &stderr, getenv: func(string) string { return "" },
	})
	if code != exitOK || logged.Len() > 0 {
		t.Errorf("exit code %d, logged %q, said %q", code, logged.String(), stderr.String())
	}
}

// A server need not list its models when the model is named; when it is not, the missing list is the error.
func TestBench_noModelList(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	defer server.Close()
	for _, tt := range []struct {
		model []string
		want  int
	}{{nil, exitRemote}, {[]string{"--model", "m"}, exitOK}} {
		var stderr bytes.Buffer
		args := append([]string{"bench", "-", "--target", server.URL, "-q", "-o", filepath.Join(t.TempDir(), "r.parquet")}, tt.model...)
		if code := run(t.Context(), args, testProcess("hello\n", &bytes.Buffer{}, &stderr)); code != tt.want {
			t.Errorf("%v: exit code %d, want %d\n%s", tt.model, code, tt.want, &stderr)
		}
	}
}
