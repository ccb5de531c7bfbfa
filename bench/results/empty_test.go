package results_test

import (
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

func TestRecord_empty(t *testing.T) {
	for name, tt := range map[string]struct {
		r              results.Record
		empty, counted bool
	}{
		"counted as none":    {results.Record{TokenSource: results.TokensFromUsage}, true, true},
		"of an older file":   {results.Record{TokenSource: results.TokensUnknown}, true, false},
		"hidden tokens":      {results.Record{TokenSource: results.TokensFromUsage, OutputTokens: 3}, false, true},
		"one token":          {results.Record{TokenSource: results.TokensFromChunks, OutputTokens: 1, FirstTokenNS: 5}, false, true},
		"whole, not counted": {results.Record{TokenSource: results.TokensUncounted}, false, false},
		"an embedding":       {results.Record{TokenSource: results.TokensNotAsked}, false, false},
	} {
		if tt.r.Empty() != tt.empty || tt.r.Counted() != tt.counted {
			t.Errorf("%s: empty %v, counted %v", name, tt.r.Empty(), tt.r.Counted())
		}
	}
}
