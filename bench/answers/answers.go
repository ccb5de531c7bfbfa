// Package answers looks at the text of answers on their way into the results: it scores them, and counts the tokens
// that a server did not count. That happens behind the load, on the goroutine that writes the results.
package answers

import (
	"github.com/promptmill/promptmill/bench/results"
)

// A Sink stores records, as that of package bench.
type Sink interface {
	Write(*results.Record) error
	Tick() error
}

// A Reader is a Sink that reads the text of each record and hands it on. Its fields are set once.
type Reader struct {
	Sink
	Score func(answer, expected string) (score float64, ok bool) // of answers that came to their end; nil scores none
	Count func(text string) int                                  // tokens of a text; nil counts none
	Keep  bool                                                   // the text stays in the record
}

// Write fills in the score and the tokens of r, takes the text out of it unless that is to be kept, and hands it on.
func (a *Reader) Write(r *results.Record) error {
	a.score(r)
	a.count(r)
	if !a.Keep {
		r.ResponseText = nil
	}
	return a.Sink.Write(r)
}

// score leaves requests without an answer alone: that they failed is counted, and is no wrong answer.
func (a *Reader) score(r *results.Record) {
	if a.Score == nil || r.Status != results.StatusOK || r.Expected == nil {
		return
	}
	if v, ok := a.Score(text(r), *r.Expected); ok {
		r.Score = &v
	}
}

// count replaces a count of chunks by one of tokens, where all that was generated is in the text.
func (a *Reader) count(r *results.Record) {
	if a.Count == nil || r.TokenSource != results.TokensFromChunks || !whole(r) {
		return
	}
	r.OutputTokens, r.TokenSource = int64(a.Count(text(r))), results.TokensFromTokenizer
}

// whole reports whether the text of r is all that was generated: reasoning and the calls of tools are not in it.
func whole(r *results.Record) bool {
	return r.ResponseText != nil && r.FirstOutputNS != 0 && r.FirstOutputNS == r.FirstTokenNS && r.FinishReason != "tool_calls"
}

func text(r *results.Record) string {
	if r.ResponseText == nil {
		return ""
	}
	return *r.ResponseText
}
