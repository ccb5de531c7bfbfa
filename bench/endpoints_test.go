package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// records runs the prompts once through an endpoint of a server, and returns what was recorded.
func records(t *testing.T, cfg openai.Config, body openai.BodyOptions, prompts ...bench.Prompt) []results.Record {
	t.Helper()
	cfg.Endpoint, cfg.KeepText, cfg.Epoch = body.Endpoint, true, time.Now()
	client, err := openai.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdle()
	sink := &memory{}
	r := &bench.Runner{Client: client, Sink: sink, Prompts: prompts, Body: body.Append, Epoch: cfg.Epoch, RunID: "run"}
	if _, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxRequests: len(prompts)}); err != nil {
		t.Fatal(err)
	}
	return sink.records
}

// facts is what of a record the server decides alone.
type facts struct {
	Status, ErrorKind, TokenSource, Finish string
	Prompt, Reasoning, Cached              *int64
	Output                                 int64
	Chunks                                 int
	TTFT                                   bool // there is one
}

func factsOf(r *results.Record) facts {
	return facts{
		r.Status, r.ErrorKind, r.TokenSource, r.FinishReason, r.PromptTokens, r.ReasoningTokens, r.CachedTokens,
		r.OutputTokens, len(r.ChunkNS), r.FirstTokenNS > 0,
	}
}

// TestEndpoints: of every endpoint that generates, streamed or not and on either engine, the counts are those of the
// server, and a whole answer has no time of any token.
func TestEndpoints(t *testing.T) {
	prompts := []bench.Prompt{
		{Line: 1, Messages: msg("user", "one two three")},
		{Line: 2, Messages: msg("user", "one two three")}, // most of it cached
		{Line: 3, Messages: msg("user", "one two three"), MaxTokens: 3},
	}
	for endpoint, tt := range map[openai.Endpoint]struct {
		ends, cut string // finish reasons
		reasoning *int64
	}{
		openai.Chat:        {"stop", "length", new(int64(2))},
		openai.Completions: {"stop", "length", new(int64(0))},
		openai.Responses:   {"completed", "max_output_tokens", new(int64(2))},
		openai.Messages:    {"end_turn", "max_tokens", nil},
	} {
		for _, whole := range []bool{false, true} {
			for _, engine := range []string{openai.EngineNetHTTP, ""} {
				t.Run(fmt.Sprintf("%s/%s/whole %v", endpoint, engine, whole), func(t *testing.T) {
					_, url := serveMock(t, mock.Config{Tokens: 6, ReasoningTokens: 2, PromptCache: true})
					got := records(t, openai.Config{BaseURL: url, Engine: engine},
						openai.BodyOptions{Endpoint: endpoint, MaxTokens: 100, Whole: whole}, prompts...)
					first := facts{
						Status: "ok", TokenSource: "usage", Finish: tt.ends, Output: 6, Chunks: 6, TTFT: true,
						Prompt: new(int64(3)), Cached: new(int64(0)), Reasoning: tt.reasoning,
					}
					if whole {
						first.Chunks, first.TTFT = 0, false
					}
					second := first
					second.Cached = new(int64(2))
					third := second
					third.Finish, third.Output, third.Chunks = tt.cut, 3, min(first.Chunks, 3)
					for i, want := range []facts{first, second, third} {
						if diff := cmp.Diff(want, factsOf(&got[i])); diff != "" {
							t.Errorf("request %d (-want +got)\n%s", i, diff)
						}
						if r := &got[i]; r.DoneNS <= r.SentNS || r.ResponseText == nil || *r.ResponseText == "" {
							t.Errorf("request %d: sent %d, done %d, text %v", i, r.SentNS, r.DoneNS, r.ResponseText)
						}
					}
				})
			}
		}
	}
}

// TestEndpoints_vectors: what generates nothing has a latency and the tokens that were read, and nothing else.
func TestEndpoints_vectors(t *testing.T) {
	prompt := bench.Prompt{Line: 1, Messages: msg("user", "one two"), Documents: []string{"a b", "c"}}
	for endpoint, read := range map[openai.Endpoint]int64{openai.Embeddings: 2, openai.Rerank: 7, openai.RerankBare: 7, openai.RerankV2: 7} {
		for _, engine := range []string{openai.EngineNetHTTP, ""} {
			_, url := serveMock(t, mock.Config{TTFT: time.Millisecond})
			got := records(t, openai.Config{BaseURL: url, Engine: engine}, openai.BodyOptions{Endpoint: endpoint}, prompt, prompt)
			for i := range got {
				want := facts{Status: "ok", TokenSource: "not_asked", Prompt: &read}
				if diff := cmp.Diff(want, factsOf(&got[i])); diff != "" {
					t.Errorf("%s (-want +got)\n%s", endpoint, diff)
				}
			}
		}
	}
}

// TestEndpoints_empty: an answer without a token is no success, however fast it was.
func TestEndpoints_empty(t *testing.T) {
	for _, like := range []string{"vllm"} {
		_, url := serveMock(t, mock.Config{Like: like, Tokens: 5})
		empty := &openai.BodyOptions{Endpoint: openai.Chat, Extra: openai.Members{{Name: "messages", Value: []byte("[]")}}}
		for _, whole := range []bool{false, true} {
			empty.Whole = whole
			got := records(t, openai.Config{BaseURL: url}, *empty, bench.Prompt{Line: 1, Messages: msg("user", "a")})
			if r := got[0]; r.Status != results.StatusError || r.ErrorKind != string(openai.KindEmpty) || r.HTTPStatus != 200 || r.DoneNS == 0 {
				t.Errorf("whole %v: %+v", whole, r)
			}
		}
	}
}

// TestEndpoints_mix: each row has the model that its request was for, and as the server got it.
func TestEndpoints_mix(t *testing.T) {
	_, url := serveMock(t, mock.Config{Tokens: 1, StrictModel: true, Model: "b"})
	mix, err := openai.ParseMix("a=1,b=3", 1)
	if err != nil {
		t.Fatal(err)
	}
	client, err := openai.New(openai.Config{BaseURL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdle()
	sink := &memory{}
	body := &openai.BodyOptions{}
	r := &bench.Runner{Client: client, Sink: sink, Prompts: []bench.Prompt{{Line: 1, Messages: msg("user", "a")}}, Body: body.Append, Models: mix, Epoch: time.Now()}
	if _, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Concurrent, Concurrency: 4}, bench.Limits{MaxRequests: 60}); err != nil {
		t.Fatal(err)
	}
	for _, rec := range sink.records {
		served := rec.Status == results.StatusOK // of a, the mock knows nothing
		if rec.Model != mix.Pick(rec.Sequence) || served != (rec.Model == "b") {
			t.Errorf("request %d for %q: %s %s", rec.Sequence, rec.Model, rec.Status, rec.ErrorMessage)
		}
	}
	if len(sink.records) != 60 {
		t.Errorf("%d records", len(sink.records))
	}
}
