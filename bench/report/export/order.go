package export

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// inOrder are the requests as they were due: results files have them as they ended. It keeps them all, as formats do that
// have a list for each of their properties.
func inOrder(recs iter.Seq2[*results.Record, error]) iter.Seq2[results.Record, error] {
	return func(yield func(results.Record, error) bool) {
		var all []results.Record
		for r, err := range recs {
			if err != nil {
				yield(results.Record{}, err)
				return
			}
			all = append(all, keep(r))
		}
		slices.SortStableFunc(all, func(a, b results.Record) int {
			return cmp.Or(cmp.Compare(a.DueNS, b.DueNS), cmp.Compare(a.Shard, b.Shard), cmp.Compare(a.Sequence, b.Sequence))
		})
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// keep returns a copy of r that stays as it is when its reader goes on.
func keep(r *results.Record) results.Record {
	c := *r
	c.ChunkNS = slices.Clone(r.ChunkNS)
	c.ChunkTokens = nil
	for _, text := range []*string{&c.Strategy, &c.RequestID, &c.PromptSHA256, &c.ErrorKind, &c.ErrorMessage, &c.FinishReason, &c.Status, &c.TokenSource} {
		*text = strings.Clone(*text)
	}
	c.PromptTokens, c.CachedTokens, c.ReasoningTokens = pointed(r.PromptTokens), pointed(r.CachedTokens), pointed(r.ReasoningTokens)
	if r.ResponseText != nil {
		c.ResponseText = new(strings.Clone(*r.ResponseText))
	}
	return c
}

func pointed[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}
