package metrics

import (
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

const (
	coalescedMost      = 0.05 // share of chunks that share a read
	tokensPerChunkMost = 1.25 // at the median
)

// warnings returns, as sentences, what to know before reading the figures of s.
func warnings(s *Summary, cs []*collector) []string {
	out := []string{}
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	if s.Run.Stopped != "" {
		warn("The run stopped before its plan did: %s. The figures cover what was measured.", s.Run.Stopped)
	}
	if names := where(s, func(i int, _ *Benchmark) bool { return !cs[i].described }); names != "" {
		warn("The results file does not describe the window of %s: it is taken from the requests.", names)
	}
	if names := where(s, func(i int, _ *Benchmark) bool { return cs[i].backward > 0 }); names != "" {
		warn("Some instants run backwards in %s; they give no samples.", names)
	}
	if names := where(s, func(_ int, b *Benchmark) bool { return b.Counts.Total == 0 && b.Counts.Warmup > 0 }); names != "" {
		warn("NOTHING MEASURED in %s: it was over before its warm-up was.", names)
	}
	for i := range s.Benchmarks {
		if n := cs[i].notSent; n > 0 {
			warn("%d of %d requests of %s were never sent, as the cap held them back until the end: the scheduled latency is of the others, and shorter than users would have seen.", n, s.Benchmarks[i].Counts.Total, s.Benchmarks[i].Name)
		}
	}
	ok, chunks, none, clock := sources(s)
	if empty := zeroTokens(s); empty > 0 {
		warn("%d of %d answers had no output, not one token: they are in the requests/s, not in the latency figures.", empty, ok)
	}
	if chunks > 0 {
		warn("The server gave no usage for %d of %d answers: their output tokens are counted by chunks, a lower bound.", chunks, ok)
	}
	if none > 0 {
		warn("The output tokens of %d of %d answers are unknown; they are in no token figure.", none, ok)
	}
	if clock > 0 {
		warn("The arrival times of %d of %d answers were read from the clock after the read, not taken from the kernel: on a busy client they are late.", clock, ok)
	}
	if names := where(s, func(_ int, b *Benchmark) bool { return b.CoalescedShare > coalescedMost }); names != "" {
		warn("More than 5 %% of the chunks shared one read with another in %s: gaps between them are 0, and the gap before is too long.", names)
	}
	if names := where(s, func(_ int, b *Benchmark) bool { return b.TokensPerChunk.P50 > tokensPerChunkMost }); names != "" {
		warn("The server sends several tokens per chunk in %s: a chunk gap there is not the time of one token; TPOT is.", names)
	}
	if names := where(s, tooFew); names != "" {
		warn("Fewer than %d answers, what a p95 takes at 99 %% confidence, in %s: higher percentiles are noise.", MinSamples(95), names)
	}
	return out
}

func tooFew(_ int, b *Benchmark) bool { return b.Counts.OK > 0 && b.Latency.Certified < 95 }

func zeroTokens(s *Summary) int {
	n := 0
	for i := range s.Benchmarks {
		n += s.Benchmarks[i].Counts.ZeroToken
	}
	return n
}

// sources counts the successes of all benchmarks by how they were measured.
func sources(s *Summary) (ok, chunks, none, clock int) {
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		ok += b.Counts.OK
		chunks += b.TokenSources[results.TokensFromChunks]
		none += b.TokenSources[results.TokensUnknown] + b.TokenSources[results.TokensUncounted]
		clock += b.TimeSources["clock"]
	}
	return ok, chunks, none, clock
}

// where names the benchmarks of which f is true; "" for none.
func where(s *Summary, f func(i int, b *Benchmark) bool) string {
	var names []string
	for i := range s.Benchmarks {
		if f(i, &s.Benchmarks[i]) {
			names = append(names, s.Benchmarks[i].Name)
		}
	}
	if len(names) > 1 && len(names) == len(s.Benchmarks) {
		return "every benchmark"
	}
	return strings.Join(names, ", ")
}
