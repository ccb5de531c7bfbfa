package openai_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/promptmill/promptmill/bench/openai"
)

// A failed request is no error of Do: what happened, and when, is in the response.
func ExampleClient_Do() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, `data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}`+"\n\n")
		fmt.Fprint(w, `data: {"choices":[{"index":0,"delta":{"content":" there"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	defer server.Close()
	client, err := openai.New(openai.Config{BaseURL: server.URL, Endpoint: openai.Chat, KeepText: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdle()

	options := openai.BodyOptions{Endpoint: openai.Chat, Model: "tiny", MaxTokens: 16}
	input := openai.Input{Messages: []openai.Message{openai.MessageOf("user", []openai.Part{{Text: "hi"}})}}
	var resp openai.Response
	client.Do(context.Background(), &openai.Request{Body: options.Append(nil, &input)}, &resp)
	fmt.Printf("%s, %d chunks, %s\n", resp.Text, len(resp.Chunks), resp.FinishReason)
	fmt.Println(resp.Err == nil, resp.Sent <= resp.FirstToken, resp.FirstToken <= resp.Done)
	// Output:
	// Hello there, 2 chunks, stop
	// true true true
}
