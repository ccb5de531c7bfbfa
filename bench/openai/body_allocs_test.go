package openai

import "testing"

// TestBody_allocs: a body costs no allocation, at any endpoint.
func TestBody_allocs(t *testing.T) {
	in := &Input{Messages: []Message{{Role: "user", Content: "How far is it?"}}, Documents: []string{"a"}, MaxTokens: 3, Model: "m"}
	dst := make([]byte, 0, 1<<10)
	for _, e := range []Endpoint{Chat, Completions, Responses, Messages, Embeddings, Rerank} {
		o := &BodyOptions{Endpoint: e, Temperature: new(0.5), Extra: Members{{"top_k", []byte("4")}}}
		if n := testing.AllocsPerRun(100, func() { dst = o.Append(dst[:0], in) }); n > 0 {
			t.Errorf("%s: %v allocations", e, n)
		}
	}
}
