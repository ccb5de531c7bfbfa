package mock_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// furtherPaths are those of the APIs beside chat and completions.
var furtherPaths = []string{"/v1/responses", "/v1/messages", "/v1/embeddings", "/v1/rerank", "/rerank", "/v2/rerank"}

func TestFurtherEndpoints(t *testing.T) {
	response := `{"model":"m","input":"one two three","max_output_tokens":2,"stream":true}`
	message := `{"model":"m","system":"be brief","messages":[{"role":"user","content":"one two"}],"max_tokens":9,"stream":true}`
	whole := func(body string) string { return strings.Replace(body, `,"stream":true`, "", 1) }
	cfg := mock.Config{Tokens: 3, TTFT: 50 * time.Millisecond, ITL: 10 * time.Millisecond}
	thinking, broken := cfg, cfg
	thinking.PromptCache, thinking.ReasoningTokens = true, 1
	broken.Failures.EventRate = 1
	for name, tt := range map[string]struct{ path, body string }{
		"responses": {"/v1/responses", response},
		"messages":  {"/v1/messages", message},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, "endpoint-"+name+".txt", ""+
				transcript(t, cfg, "POST", tt.path, tt.body)+
				transcript(t, thinking, "POST", tt.path, tt.body)+
				transcript(t, broken, "POST", tt.path, tt.body)+
				transcript(t, cfg, "POST", tt.path, whole(tt.body))+
				transcript(t, thinking, "POST", tt.path, whole(tt.body))+
				transcript(t, cfg, "POST", tt.path, `{}`))
		})
	}
	golden(t, "endpoint-rerank.txt", ""+
		transcript(t, cfg, "POST", "/v1/rerank", `{"model":"m","query":"one","documents":["two three",{"text":"four"}],"stream":true}`)+
		transcript(t, cfg, "POST", "/rerank", `{"query":"one","documents":[]}`))
}

func TestFurtherEndpoints_embeddings(t *testing.T) {
	got := transcript(t, mock.Config{}, "POST", "/v1/embeddings", `{"input":["one two","three"]}`)
	for _, want := range []string{`"prompt_tokens":3`, `"index":1,"embedding":[`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if n := strings.Count(got, ","); n < 2*383 {
		t.Errorf("%d commas: want two vectors of 384", n)
	}
}

// A server answers only where the one that it is like does.
func TestFurtherEndpoints_like(t *testing.T) {
	for like, missing := range map[string]string{
		"": "", "vllm": "", "llama-server": "", "llama-server-2025": "/v1/responses /v1/messages",
		"ollama": "/v1/rerank /rerank /v2/rerank", "lmstudio": "/v1/rerank /rerank /v2/rerank",
	} {
		s := newServer(t, mock.Config{Like: like})
		for _, path := range furtherPaths {
			got := exchange(t, s, http.MethodPost, path, `{}`)
			unknown := strings.Contains(got, " 404 ") || strings.Contains(got, "Unexpected endpoint")
			if want := strings.Contains(missing+" ", path+" "); unknown != want {
				t.Errorf("%q %s: not found %v, want %v", like, path, unknown, want)
			}
		}
	}
}

// Anthropic's clients send their key in a header of its own.
func TestFurtherEndpoints_key(t *testing.T) {
	cfg := mock.Config{APIKey: "secret", Tokens: 1}
	for _, header := range []string{"X-Api-Key: secret", "Authorization: Bearer secret"} {
		got := transcript(t, cfg, "POST", "/v1/messages", `{"messages":[{"content":"a"}],"max_tokens":1}`, header)
		if !strings.Contains(got, " 200 OK") {
			t.Errorf("%s: %s", header, got)
		}
	}
}
