package openai_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/openai"
)

// TestEndpoint_credentials: the key goes where the API has it, and nowhere else; no message shows it.
func TestEndpoint_credentials(t *testing.T) {
	const key = "sk-canary-77"
	headers := make(chan http.Header, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		http.Error(w, fmt.Sprintf(`{"error":{"message":"bad key %s"}}`, key), http.StatusUnauthorized)
	}))
	defer server.Close()
	for endpoint, anthropic := range map[openai.Endpoint]bool{
		openai.Chat: false, openai.Responses: false, openai.Messages: true, "/anthropic/v1/messages": true,
	} {
		for _, engine := range []string{openai.EngineNetHTTP, ""} {
			c, err := openai.New(openai.Config{BaseURL: server.URL, Endpoint: endpoint, APIKey: key, Engine: engine})
			if err != nil {
				t.Fatal(err)
			}
			var resp openai.Response
			c.Do(t.Context(), &openai.Request{Body: []byte("{}")}, &resp)
			c.CloseIdle()
			got := <-headers
			bearer, own, version := got.Get("Authorization"), got.Get("X-Api-Key"), got.Get("Anthropic-Version")
			if anthropic != (own == key && bearer == "" && version != "") || anthropic == (bearer == "Bearer "+key && own == "" && version == "") {
				t.Errorf("%s: %q %q %q", endpoint, bearer, own, version)
			}
			if resp.Err == nil || resp.Err.Kind != openai.KindHTTP || strings.Contains(resp.Err.Message, key) {
				t.Errorf("%s: %v", endpoint, resp.Err)
			}
		}
	}
}

func TestEndpoint_generates(t *testing.T) {
	for endpoint, want := range map[openai.Endpoint]bool{
		openai.Chat: true, openai.Completions: true, openai.Responses: true, openai.Messages: true, "/generate": true,
		openai.Embeddings: false, openai.Rerank: false, openai.RerankBare: false, openai.RerankV2: false, "/x/embeddings": false,
	} {
		if endpoint.Generates() != want {
			t.Errorf("%s generates: want %v", endpoint, want)
		}
	}
}
