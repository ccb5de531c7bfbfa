package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestBenchBody_secrets: what a member of the body is called says that it is sent and not kept.
func TestBenchBody_secrets(t *testing.T) {
	got := make(chan string, 9)
	s := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			got <- string(body)
		}
		answerOne(w, r)
	})
	b := benchAgainst(t, nil, "--target", s.URL, "--wait", "0", "--max-requests", "1",
		"--extra-body", `{"api_key":"canary-1","auth":{"Access-Token" : "canary-\"2"},"top_k":4}`)
	if body := <-got; !strings.Contains(body, `"api_key":"canary-1"`) || !strings.Contains(body, `canary-\"2`) {
		t.Errorf("sent %s", body)
	}
	if b.code != exitOK || strings.Contains(b.stderr, "canary") || bytes.Contains(b.file, []byte("canary")) {
		t.Errorf("exit code %d, said %s; or the results have a secret", b.code, b.stderr)
	}
	if kept := fmt.Sprint(b.run.Config["extra-body"]); !strings.Contains(kept, `"api_key":"***"`) || !strings.Contains(kept, `"top_k":4`) {
		t.Errorf("kept %s", kept)
	}
}
