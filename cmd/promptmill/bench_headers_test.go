package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestBenchHeaders: a prompt sets a header of its own request, in any layout and whatever varies, and the results have its
// name alone.
func TestBenchHeaders(t *testing.T) {
	for name, tt := range map[string]struct {
		lines string
		args  []string
		want  []string // tenant, tier and what the body has of the tenant
	}{
		"vllm": {
			`{"prompt":"p","tenant":"canary-a","tier":2}` + "\n" + `{"prompt":"q","tenant":"canary-b","tier":10}`, []string{"--schema", "vllm"},
			[]string{"canary-a 2 <nil>", "canary-b 10 <nil>"},
		},
		"messages": {
			`{"messages":[{"role":"user","content":"p"}],"expected":"","tenant":"canary-a","tier":1}`, []string{"--schema", "messages", "--no-validate"},
			[]string{"canary-a 1 canary-a"},
		},
		"messages, not in the body": {
			`{"messages":[{"role":"user","content":"p"}],"expected":"","tenant":"canary-a","tier":1}`, []string{"--no-validate", "--extra-body", `{"tenant":null}`},
			[]string{"canary-a 1 <nil>"},
		},
		"none of its own": {
			`{"prompt":"p","tenant":"","tier":1}`, []string{"--schema", "vllm"}, []string{" 1 <nil>"},
		},
		"varied": {
			`{"prompt":"p","tenant":"canary-a","tier":1}`, []string{"--schema", "vllm", "--vary", "max-tokens=5,6"},
			[]string{"canary-a 1 <nil>", "canary-a 1 <nil>"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan string, 9)
			s := webServer(t, func(w http.ResponseWriter, r *http.Request) {
				var body map[string]any
				if r.Method == http.MethodPost {
					if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
						t.Error(err)
					}
					tenant, _ := json.Marshal(body["tenant"])
					got <- r.Header.Get("X-Tenant") + " " + r.Header.Get("X-Tier") + " " + strings.Trim(strings.Replace(string(tenant), "null", "<nil>", 1), `"`)
				}
				answerOne(w, r)
			})
			prompts := write(t, "prompts.jsonl", tt.lines+"\n")
			b := benchFile(t, prompts, append(tt.args, "--target", s.URL, "--wait", "0",
				"--header", "X-Tenant: {{.tenant}}", "--header-file", write(t, "headers", "X-Tier: {{.tier}}\n"))...)
			close(got)
			sent := slices.Sorted(func(yield func(string) bool) {
				for g := range got {
					if !yield(g) {
						return
					}
				}
			})
			if b.code != exitOK || !slices.Equal(sent, tt.want) {
				t.Errorf("exit code %d, said %s: sent %q, want %q", b.code, b.stderr, sent, tt.want)
			}
			if strings.Contains(string(b.file), "{{") {
				t.Error("the results have a header")
			}
		})
	}
}

// TestBenchHeaders_refused: before anything is sent it is said which line makes no header, and what no line may make.
func TestBenchHeaders_refused(t *testing.T) {
	s := webServer(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was asked", r.Method, r.URL) })
	prompts := write(t, "prompts.jsonl", `{"prompt":"p","tenant":"a"}`+"\n"+`{"prompt":"q","tenant":"b\r\nX-Admin: yes"}`+"\n")
	for header, says := range map[string]string{
		"X-Tenant: {{.tenant}}":       "prompts.jsonl:2: header X-Tenant: its value would have a character that cannot be sent",
		"X-Tenant: {{.team}}":         `prompts.jsonl:1: header X-Tenant: template: header:1:2: executing "header" at <.team>: map has no entry for key "team"`,
		"X-Tenant: {{.tenant":         "header X-Tenant: template: header:1: unclosed action",
		"Host: {{.tenant}}":           "header Host: it cannot differ from request to request",
		"Content-Length: {{.tenant}}": "header Content-Length: it cannot differ",
	} {
		b := benchFile(t, prompts, "--schema", "vllm", "--target", s.URL, "--wait", "0", "--header", header)
		if b.code != exitUsage || !strings.Contains(b.stderr, says) {
			t.Errorf("%s: exit code %d, said %s", header, b.code, b.stderr)
		}
	}
}
