package mock_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
)

// likes names every shape, the plain one first.
func likes() []string { return append([]string{""}, mock.Likes()...) }

func nameOf(like string) string {
	if like == "" {
		return "plain"
	}
	return like
}

// In virtual time even ids, creation times and llama.cpp's timings are the same in every run, so the bytes are.
func transcript(t *testing.T, cfg mock.Config, method, path, body string, header ...string) string {
	t.Helper()
	cfg.GoTimers = true
	var got string
	synctest.Test(t, func(t *testing.T) {
		got = exchange(t, newServer(t, cfg), method, path, body, header...)
	})
	return fmt.Sprintf(">>> %s %s %s\n%s\n\n", method, path, body, strings.ReplaceAll(got, "\r\n", "␍\n"))
}

func TestStreams(t *testing.T) {
	const asked = `,"stream_options":{"include_usage":true}`
	text := `{"model":"m","prompt":"one two","stream":true,"max_tokens":2` + asked + `}`
	whole := strings.Replace(chat("one two three", ""), `"stream":true,`, "", 1)
	for _, like := range likes() {
		t.Run(nameOf(like), func(t *testing.T) {
			cfg := mock.Config{Like: like, Tokens: 3, TTFT: 50 * time.Millisecond, ITL: 10 * time.Millisecond}
			cached := cfg
			cached.PromptCache, cached.ReasoningTokens = true, 1
			got := transcript(t, cfg, "POST", chatPath, chat("one two three", "")) +
				transcript(t, cfg, "POST", chatPath, chat("one two three", `,"max_tokens":2`+asked)) +
				transcript(t, cached, "POST", chatPath, chat("one two three", asked)) +
				transcript(t, cfg, "POST", "/v1/completions", text) +
				transcript(t, cfg, "POST", "/v1/completions", strings.Replace(text, asked, "", 1)) +
				transcript(t, cfg, "POST", chatPath, whole) +
				transcript(t, cached, "POST", chatPath, whole) +
				transcript(t, cfg, "POST", "/v1/completions", `{"prompt":["one","two"],"max_tokens":2}`)
			golden(t, "stream-"+nameOf(like)+".txt", got)
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, like := range likes() {
		t.Run(nameOf(like), func(t *testing.T) {
			base := mock.Config{Like: like, Tokens: 1}
			with := func(f func(*mock.Config)) mock.Config { c := base; f(&c); return c }
			strict := with(func(c *mock.Config) { c.StrictModel = true })
			keyed := with(func(c *mock.Config) { c.APIKey = "secret" })
			short := with(func(c *mock.Config) { c.ContextTokens = 2 })
			loading := with(func(c *mock.Config) { c.Failures.Loading = time.Minute })
			failing := with(func(c *mock.Config) { c.Failures.ErrorRate, c.Failures.Status = 1, 502 })
			broken := with(func(c *mock.Config) { c.Failures.EventRate = 1 })
			html := failing
			html.Quirks = []mock.Quirk{mock.QuirkHTMLErrors}
			one := chat("one", "")
			golden(t, "refusal-"+nameOf(like)+".txt", ""+
				transcript(t, base, "GET", "/v1/models", "")+
				transcript(t, base, "GET", "/health", "")+
				transcript(t, base, "GET", "/nowhere", "")+
				transcript(t, base, "GET", chatPath, "")+
				transcript(t, loading, "GET", "/v1/models", "")+
				transcript(t, loading, "POST", chatPath, one)+
				transcript(t, keyed, "GET", "/v1/models", "")+
				transcript(t, keyed, "POST", chatPath, one, "Authorization: Bearer wrong")+
				transcript(t, strict, "POST", chatPath, one)+
				transcript(t, base, "POST", chatPath, `{"model":`)+
				transcript(t, base, "POST", chatPath, `{"model":7}`)+
				transcript(t, base, "POST", chatPath, `{"messages":[]}`)+
				transcript(t, base, "POST", chatPath, `{}`)+
				transcript(t, base, "POST", "/v1/completions", `{}`)+
				transcript(t, base, "POST", chatPath, chat("one", `,"max_tokens":0`))+
				transcript(t, base, "POST", chatPath, chat("one", `,"max_tokens":-1`))+
				transcript(t, short, "POST", chatPath, chat("one two three", ""))+
				transcript(t, failing, "POST", chatPath, one)+
				transcript(t, html, "POST", chatPath, one)+
				transcript(t, broken, "POST", chatPath, one))
		})
	}
}

func TestQuirks(t *testing.T) {
	for _, q := range mock.AllQuirks() {
		t.Run(string(q), func(t *testing.T) {
			cfg := mock.Config{Tokens: 5, Quirks: []mock.Quirk{q}}
			got := transcript(t, cfg, "POST", chatPath, chat("one two", `,"stream_options":{"include_usage":true}`))
			golden(t, "quirk-"+string(q)+".txt", got)
		})
	}
}

func TestShapes(t *testing.T) {
	usage := `,"stream_options":{"include_usage":true,"continuous_usage_stats":true}`
	tests := []struct {
		name string
		cfg  mock.Config
		body string
	}{
		{"choices", mock.Config{Tokens: 2}, chat("one", `,"n":2`)},
		{"continuous-usage", mock.Config{Tokens: 3, TokensPerChunk: 2, Like: "vllm"}, chat("one", usage)},
		{"tokens-per-chunk", mock.Config{Tokens: 8, TokensPerChunk: 3, ReasoningTokens: 4}, chat("one", "")},
		{"all-reasoning", mock.Config{Tokens: 2, ReasoningTokens: 9, Like: "vllm"}, chat("one", `,"max_tokens":2`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			golden(t, "shape-"+tt.name+".txt", transcript(t, tt.cfg, "POST", chatPath, tt.body))
		})
	}
}
