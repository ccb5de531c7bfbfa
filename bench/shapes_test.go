package bench_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// A shape is a way in which a server streams.
type shape struct {
	name string
	cfg  mock.Config
}

// shapes are the servers that the mock can be like, and the liberties that any may take.
func shapes() []shape {
	all := []shape{{name: "plain"}}
	for _, like := range mock.Likes() {
		all = append(all, shape{like, mock.Config{Like: like}})
	}
	for _, q := range mock.AllQuirks() {
		if q != mock.QuirkHTMLErrors { // which no stream has
			all = append(all, shape{string(q), mock.Config{Quirks: []mock.Quirk{q}}})
		}
	}
	return append(all,
		shape{"several tokens in a chunk", mock.Config{TokensPerChunk: 3}},
		shape{"a closed connection after each", mock.Config{CloseAfter: 1}},
	)
}

// TestShapes: the tokens of every stream shape are counted right, the time to the first is that of its first token and
// not of what precedes it, and who counted is said.
func TestShapes(t *testing.T) {
	const ttft, tokens = 4 * time.Millisecond, 6
	for _, s := range shapes() {
		for _, endpoint := range []openai.Endpoint{openai.Chat, openai.Completions, openai.Responses, openai.Messages} {
			for _, engine := range []string{openai.EngineNetHTTP, ""} {
				t.Run(s.name+string(endpoint)+engine, func(t *testing.T) {
					cfg := s.cfg
					cfg.Tokens, cfg.TTFT = tokens, ttft
					_, url := serveMock(t, cfg)
					prompt := bench.Prompt{Line: 1, Messages: msg("user", "one two three")}
					got := records(t, openai.Config{BaseURL: url, Engine: engine}, openai.BodyOptions{Endpoint: endpoint, MaxTokens: 50}, prompt, prompt)
					for i := range got {
						checkShape(t, s, endpoint, &got[i], ttft)
					}
				})
			}
		}
	}
}

func checkShape(t *testing.T, s shape, endpoint openai.Endpoint, r *results.Record, ttft time.Duration) {
	t.Helper()
	old := s.cfg.Like == "llama-server-2025" && (endpoint == openai.Responses || endpoint == openai.Messages)
	if old { // which does not know them
		if r.ErrorKind != string(openai.KindHTTP) || r.HTTPStatus != 404 {
			t.Errorf("%s %s", r.Status, r.ErrorMessage)
		}
		return
	}
	source, prompt := results.TokensFromUsage, new(int64(3))
	uncounted := s.name == string(mock.QuirkNoUsage) && (endpoint == openai.Chat || endpoint == openai.Completions)
	if uncounted {
		source, prompt = results.TokensFromChunks, nil
	}
	if diff := cmp.Diff(prompt, r.PromptTokens); diff != "" || r.Status != results.StatusOK || r.OutputTokens != 6 || r.TokenSource != source {
		t.Errorf("%s %s: %d tokens by %s; prompt %s", r.Status, r.ErrorMessage, r.OutputTokens, r.TokenSource, diff)
	}
	if took := time.Duration(r.FirstTokenNS - r.SentNS); took < ttft || r.FirstTokenNS > r.LastTokenNS || r.LastTokenNS > r.DoneNS {
		t.Errorf("first token after %v, at %d, last at %d, done at %d", took, r.FirstTokenNS, r.LastTokenNS, r.DoneNS)
	}
	llama := s.cfg.Like == "llama-server" || s.cfg.Like == "llama-server-2025"
	if generic := endpoint == openai.Chat || endpoint == openai.Completions; llama && generic && (r.ServerPromptMS == nil || r.ServerPredictedMS == nil) {
		t.Error("no timings of the server")
	}
}

// TestShapes_zeroTokens: what a server makes of the longest answer of nothing is told as it is.
func TestShapes_zeroTokens(t *testing.T) {
	for like, want := range map[string]struct {
		kind   openai.Kind
		tokens int64
	}{
		"":             {kind: openai.KindHTTP},
		"vllm":         {kind: openai.KindHTTP},
		"llama-server": {tokens: 1},
	} {
		_, url := serveMock(t, mock.Config{Like: like, Tokens: 6})
		body := openai.BodyOptions{Endpoint: openai.Chat, Extra: openai.Members{{Name: "max_tokens", Value: []byte("0")}}}
		got := records(t, openai.Config{BaseURL: url}, body, bench.Prompt{Line: 1, Messages: msg("user", "a")})
		if r := got[0]; r.ErrorKind != string(want.kind) || r.OutputTokens != want.tokens {
			t.Errorf("%q: %s, %d tokens", like, r.ErrorKind, r.OutputTokens)
		}
	}
}

// TestShapes_choices: of several answers to one request, all tokens count, and the text is the first one's.
func TestShapes_choices(t *testing.T) {
	_, url := serveMock(t, mock.Config{Tokens: 4})
	for _, whole := range []bool{false, true} {
		body := openai.BodyOptions{Endpoint: openai.Chat, N: 3, Whole: whole}
		prompt := bench.Prompt{Line: 1, Messages: msg("user", "a")}
		got := records(t, openai.Config{BaseURL: url}, body, prompt)
		body.N = 1
		one := records(t, openai.Config{BaseURL: url}, body, prompt)
		if r := got[0]; r.OutputTokens != 12 || *r.ResponseText != *one[0].ResponseText {
			t.Errorf("whole %v: %d tokens, text %q, alone %q", whole, r.OutputTokens, *r.ResponseText, *one[0].ResponseText)
		}
	}
}
