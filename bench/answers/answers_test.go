package answers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/answers"
	"github.com/promptmill/promptmill/bench/results"
)

// store keeps what is written.
type store []results.Record

func (s *store) Write(r *results.Record) error { *s = append(*s, *r); return nil }
func (s *store) Tick() error                   { return nil }

// length scores 1 where an answer has as many bytes as expected, and nothing against "?".
func length(answer, expected string) (float64, bool) {
	if len(answer) == len(expected) {
		return 1, expected != "?"
	}
	return 0, expected != "?"
}

func words(text string) int { return len(strings.Fields(text)) }

func TestReader(t *testing.T) {
	record := func(change func(r *results.Record)) results.Record {
		r := results.Record{
			Status: results.StatusOK, ResponseText: new("one two"), Expected: new("1234567"), OutputTokens: 9,
			TokenSource: results.TokensFromChunks, FirstTokenNS: 5, FirstOutputNS: 5, FinishReason: "stop",
		}
		change(&r)
		return r
	}
	for name, tt := range map[string]struct {
		in     results.Record
		score  *float64
		tokens int64
		source string
	}{
		"answered":        {record(func(*results.Record) {}), new(1.0), 2, results.TokensFromTokenizer},
		"wrong":           {record(func(r *results.Record) { r.Expected = new("x") }), new(0.0), 2, results.TokensFromTokenizer},
		"nothing to say":  {record(func(r *results.Record) { r.Expected = new("?") }), nil, 2, results.TokensFromTokenizer},
		"none expected":   {record(func(r *results.Record) { r.Expected = nil }), nil, 2, results.TokensFromTokenizer},
		"no text":         {record(func(r *results.Record) { r.ResponseText = nil }), new(0.0), 9, results.TokensFromChunks},
		"failed":          {record(func(r *results.Record) { r.Status = results.StatusError }), nil, 2, results.TokensFromTokenizer},
		"cut off":         {record(func(r *results.Record) { r.Status = results.StatusUnfinished }), nil, 2, results.TokensFromTokenizer},
		"given up":        {record(func(r *results.Record) { r.Status = results.StatusCancelled }), nil, 2, results.TokensFromTokenizer},
		"server counted":  {record(func(r *results.Record) { r.TokenSource = results.TokensFromUsage }), new(1.0), 9, results.TokensFromUsage},
		"reasoned first":  {record(func(r *results.Record) { r.FirstTokenNS = 4 }), new(1.0), 9, results.TokensFromChunks},
		"reasoned only":   {record(func(r *results.Record) { r.FirstOutputNS = 0 }), new(1.0), 9, results.TokensFromChunks},
		"called a tool":   {record(func(r *results.Record) { r.FinishReason = "tool_calls" }), new(1.0), 9, results.TokensFromChunks},
		"nothing arrived": {record(func(r *results.Record) { r.TokenSource = results.TokensUnknown }), new(1.0), 9, results.TokensUnknown},
	} {
		for _, keep := range []bool{true, false} {
			var got store
			r := tt.in
			a := answers.Reader{Sink: &got, Score: length, Count: words, Keep: keep}
			if err := a.Write(&r); err != nil {
				t.Fatal(err)
			}
			want := tt.in
			want.Score, want.OutputTokens, want.TokenSource = tt.score, tt.tokens, tt.source
			if !keep {
				want.ResponseText = nil
			}
			if diff := cmp.Diff(store{want}, got); diff != "" {
				t.Errorf("%s, keep %v: %s", name, keep, diff)
			}
		}
	}
}
