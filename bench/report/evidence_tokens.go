package report

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

const (
	repeatShare = 0.1  // requests whose prompt had been sent before
	cachedShare = 0.1  // prompt tokens that came from the server's cache
	lengthShare = 0.05 // answers cut by max_tokens
	sharedReads = 0.1  // chunks that arrived in one read with another
	chunkTokens = 1.1  // tokens per chunk, in the median
)

func cached(b *metrics.Benchmark) bool { return b.CachedTokenShare >= cachedShare }

// cacheHits tells prompts that were sent before from prompts that only begin alike.
func cacheHits(s *metrics.Summary) (string, bool) {
	var again, sent int
	for i := range s.Benchmarks {
		if b := &s.Benchmarks[i]; cached(b) {
			again, sent = again+b.RepeatedPrompts, sent+b.Counts.Total
		}
	}
	why := "Prompts share beginnings that the server has cached"
	if share(again, sent) >= repeatShare {
		why = "Prompts repeat and hit the cache"
	}
	return list(s, why, func(b *metrics.Benchmark) (string, bool) {
		return fmt.Sprintf("%s of prompt tokens cached", percent(b.CachedTokenShare)), cached(b)
	})
}

// promptsRepeat is for servers that do not say what came from their cache.
func promptsRepeat(s *metrics.Summary) (string, bool) {
	if anyOf(s, cached) {
		return "", false
	}
	again := sum(s, func(b *metrics.Benchmark) int { return b.RepeatedPrompts })
	return pooled(again, totals(s).Total, repeatShare, "Prompts repeat: %s of %s requests (%s) sent a prompt that had been sent before.")
}

func tokensPerChunk(s *metrics.Summary) (string, bool) {
	return list(s, "A chunk of the stream carries more than one token", func(b *metrics.Benchmark) (string, bool) {
		d := b.TokensPerChunk
		return number(d.P50) + " tokens in the median", d.Count > 0 && d.P50 >= chunkTokens
	})
}

func chunksShareReads(s *metrics.Summary) (string, bool) {
	return list(s, "Chunks arrived together, so they share an instant", func(b *metrics.Benchmark) (string, bool) {
		return percent(b.CoalescedShare) + " of chunks", b.CoalescedShare >= sharedReads
	})
}

func cutByMaxTokens(s *metrics.Summary) (string, bool) {
	cut := sum(s, func(b *metrics.Benchmark) int { return b.FinishReasons["length"] })
	ok := totals(s).OK
	return pooled(min(cut, ok), ok, lengthShare, "%s of %s answers (%s) were cut by max_tokens (finish reason length).")
}

func zeroTokens(s *metrics.Summary) (string, bool) {
	t := totals(s)
	return pooled(t.ZeroToken, t.OK, 0, "%s of %s successful answers (%s) had no token at all.")
}

func tokensFromChunks(s *metrics.Summary) (string, bool) {
	n := sum(s, func(b *metrics.Benchmark) int { return b.TokenSources[results.TokensFromChunks] })
	return pooled(n, totals(s).Total, 0, "The server did not count the tokens of %s of %s requests (%s): one was assumed per chunk.")
}
