package metrics_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// near compares figures that were computed by hand.
var near = cmpopts.EquateApprox(1e-12, 1e-12)

// all is the Dist of n equal samples.
func all(v float64, n int) metrics.Dist {
	return metrics.Dist{Count: n, Mean: v, Min: v, P50: v, P90: v, P95: v, P99: v, P999: v, Max: v}
}

// Two answers of 3 and 5 tokens, worked out by hand.
func TestSummarize_figures(t *testing.T) {
	b := one(t, aRun(), ok(0, 1000*ms, 3), ok(1, 1500*ms, 5))
	two := func(lo, hi float64) metrics.Dist {
		return metrics.Dist{Count: 2, Mean: (lo + hi) / 2, Std: (hi - lo) / math.Sqrt2, Min: lo, P50: lo,
			P90: hi, P95: hi, P99: hi, P999: hi, Max: hi}
	}
	for _, tt := range []struct {
		name      string
		got, want metrics.Dist
	}{
		{"latency", b.Latency, two(0.121, 0.141)},
		{"scheduled latency", b.ScheduledLatency, two(0.122, 0.142)},
		{"send lag", b.SendLag, all(0.001, 2)},
		{"ttfb", b.TTFB, all(0.050, 2)},
		{"ttfc", b.TTFC, all(0.060, 2)},
		{"ttft", b.TTFT, all(0.100, 2)},
		{"ttfo", b.TTFO, all(0.100, 2)},
		{"tpot", b.TPOT, all(0.010, 2)},
		{"chunk gap", b.ChunkGap, all(0.010, 6)},
		{"tokens per chunk", b.TokensPerChunk, all(1, 2)},
		{"gen speed", b.GenSpeed, two(3/0.121, 5/0.141)},
		{"prompt tokens", b.PromptTokens, all(10, 2)},
		{"output tokens", b.OutputTokens, two(3, 5)},
	} {
		if diff := cmp.Diff(tt.want, tt.got, near); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"window", b.WindowSeconds, 1},
		{"drain", b.DrainSeconds, 0.5},
		{"requests/s", b.RequestsPerSecond, 2},
		{"output tokens/s", b.OutputTokensPerSecond, 8},
		{"total tokens/s", b.TotalTokensPerSecond, 28},
		{"sent/s", b.SentPerSecond, 2},
		{"concurrency", b.Concurrency, 0.121 + 0.141},
		{"most concurrency", float64(b.ConcurrencyMax), 1},
	} {
		if diff := cmp.Diff(tt.want, tt.got, near); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	if diff := cmp.Diff(metrics.Counts{Total: 2, OK: 2, ErrorKinds: []metrics.ErrorKind{}}, b.Counts); diff != "" {
		t.Error(diff)
	}
}

// What does not count, and what else it counts in.
func TestSummarize_whoCounts(t *testing.T) {
	warm := ok(0, 900*ms, 50) // until 1491 ms: in flight in the window
	warm.Warmup = true
	empty := ok(1, 1000*ms, 0)
	slow := ok(2, 1950*ms, 3) // ends after the window
	failed := ok(3, 1200*ms, 2)
	failed.Status, failed.ErrorKind, failed.ErrorMessage = results.StatusError, "http_status", "later"
	earlier := ok(2, 1100*ms, 2)
	earlier.Status, earlier.ErrorKind, earlier.ErrorMessage = results.StatusError, "http_status", "first"
	reset := ok(4, 1200*ms, 2)
	reset.Status, reset.ErrorKind, reset.ErrorMessage = results.StatusError, "connection_reset", "gone"
	cut := ok(5, 1900*ms, 2)
	cut.Status, cut.DoneNS = results.StatusUnfinished, 0
	unsent := &results.Record{Status: results.StatusUnfinished, DueNS: 1990 * ms, Attempts: 0}

	b := one(t, aRun(), warm, empty, slow, failed, earlier, reset, cut, unsent)
	want := metrics.Counts{Total: 7, OK: 2, Errors: 3, Unfinished: 2, Warmup: 1, ZeroToken: 1,
		ErrorKinds: []metrics.ErrorKind{{"http_status", 2, "first"}, {"connection_reset", 1, "gone"}}}
	if diff := cmp.Diff(want, b.Counts); diff != "" {
		t.Error(diff)
	}
	if b.Latency.Count != 1 || b.TTFT.Count != 1 || b.TTFB.Count != 1 {
		t.Errorf("latency of %d, TTFT of %d, TTFB of %d answers; want 1", b.Latency.Count, b.TTFT.Count, b.TTFB.Count)
	}
	if b.PromptTokens.Count != 1 || b.OutputTokens.Count != 1 {
		t.Errorf("prompt tokens of %d, output tokens of %d answers; want 1", b.PromptTokens.Count, b.OutputTokens.Count)
	}
	if b.SendLag.Count != 6 {
		t.Errorf("send lag of %d, want 6: all that were sent", b.SendLag.Count)
	}
	if b.RequestsPerSecond != 2 || b.OutputTokensPerSecond != 50 {
		t.Errorf("%v requests/s, %v tokens/s: the empty answer and that of the warm-up ended in the window", b.RequestsPerSecond, b.OutputTokensPerSecond)
	}
	// warm 491 ms, empty 200, slow 50, failed, earlier and reset 111 each, cut 100.
	if diff := cmp.Diff(0.491+0.2+0.05+3*0.111+0.1, b.Concurrency, near); diff != "" {
		t.Error(diff)
	}
}

func TestSummarize_tokens(t *testing.T) {
	single := ok(0, 1000*ms, 1) // no TPOT
	unknown := ok(1, 1100*ms, 4)
	unknown.TokenSource, unknown.OutputTokens, unknown.PromptTokens = results.TokensUnknown, 0, nil
	chunks := ok(2, 1200*ms, 3) // TPOT, but no tokens per chunk
	chunks.TokenSource = results.TokensFromChunks
	bundles := ok(3, 1300*ms, 2)
	bundles.OutputTokens, bundles.CoalescedChunks, bundles.CachedTokens = 6, 1, new(int64(5))

	b := one(t, aRun(), single, unknown, chunks, bundles)
	for _, tt := range []struct {
		name      string
		got, want metrics.Dist
	}{
		{"tpot", b.TPOT, metrics.Dist{Count: 2, Mean: 0.006, Std: 0.004 * math.Sqrt2, Min: 0.002, P50: 0.002,
			P90: 0.01, P95: 0.01, P99: 0.01, P999: 0.01, Max: 0.01}},
		{"tokens per chunk", b.TokensPerChunk, metrics.Dist{Count: 2, Mean: 2, Std: math.Sqrt2, Min: 1, P50: 1,
			P90: 3, P95: 3, P99: 3, P999: 3, Max: 3}},
	} {
		if diff := cmp.Diff(tt.want, tt.got, near); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	if b.OutputTokens.Count != 3 || b.GenSpeed.Count != 3 || b.ChunkGap.Count != 3+2+1 || b.TTFT.Count != 4 {
		t.Errorf("output tokens %d, speed %d, gaps %d, ttft %d", b.OutputTokens.Count, b.GenSpeed.Count, b.ChunkGap.Count, b.TTFT.Count)
	}
	if b.CachedTokenShare != 0.5 || b.CoalescedShare != 0.1 {
		t.Errorf("cached %v, coalesced %v", b.CachedTokenShare, b.CoalescedShare)
	}
	if diff := cmp.Diff(map[string]int{"usage": 2, "chunks": 1, "none": 1}, b.TokenSources); diff != "" {
		t.Error(diff)
	}
}

func TestSummarize_repeatedPrompts(t *testing.T) {
	run := aRun()
	run.Benchmarks = append(run.Benchmarks, results.Benchmark{Index: 1, Strategy: "throughput"})
	at := func(benchmark int32, sent int64, prompt string, warm bool) *results.Record {
		r := ok(sent, sent*ms, 2)
		r.Benchmark, r.PromptSHA256, r.Warmup = benchmark, prompt, warm
		return r
	}
	s := summarize(t, run,
		at(1, 1900, "a", false), at(1, 1910, "d", false), at(1, 1920, "d", false),
		at(0, 1000, "a", false), at(0, 1010, "b", true), at(0, 1020, "b", false), at(0, 1030, "c", false), at(0, 1040, "", false))
	if got := s.Benchmarks[0].RepeatedPrompts; got != 1 { // b, after the warm-up
		t.Errorf("first benchmark: %d, want 1", got)
	}
	if got := s.Benchmarks[1].RepeatedPrompts; got != 2 { // a, after the first benchmark, and d
		t.Errorf("second benchmark: %d, want 2", got)
	}
}

// The runs of a merged file each have prompts of their own.
func TestSummarize_repeatedPrompts_merged(t *testing.T) {
	of := func(run string, sent int64) *results.Record {
		r := ok(sent, sent*ms, 2)
		r.Run, r.PromptSHA256 = run, "a"
		return r
	}
	if got := one(t, aRun(), of("x", 1000), of("y", 1010), of("y", 1020)).RepeatedPrompts; got != 1 {
		t.Errorf("%d repeated prompts, want 1: the second of y", got)
	}
}

// Benchmarks of one load can be told apart, and told to be of one load.
func TestSummarize_repeats(t *testing.T) {
	load := results.Benchmark{Strategy: "concurrent", TargetConcurrency: 4}
	run := &results.Run{Benchmarks: []results.Benchmark{load, load, {Strategy: "synchronous"}, load}}
	for i := range run.Benchmarks {
		run.Benchmarks[i].Index = i
	}
	var names, loads []string
	for _, b := range summarize(t, run).Benchmarks {
		names, loads = append(names, b.Name), append(loads, b.Load())
	}
	if diff := cmp.Diff([]string{"concurrent 4", "concurrent 4 #2", "synchronous", "concurrent 4 #3"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"concurrent 4", "concurrent 4", "synchronous", "concurrent 4"}, loads); diff != "" {
		t.Error(diff)
	}
}

func TestSummarize_names(t *testing.T) {
	for want, b := range map[string]results.Benchmark{
		"synchronous":      {Strategy: "synchronous", TargetConcurrency: 1},
		"concurrent 8":     {Strategy: "concurrent", TargetConcurrency: 8},
		"throughput":       {Strategy: "throughput", TargetConcurrency: 512},
		"constant 4/s":     {Strategy: "constant", TargetRate: 4},
		"constant 3.333/s": {Strategy: "constant", TargetRate: 10.0 / 3},
		"poisson 0.0001/s": {Strategy: "poisson", TargetRate: 0.0001},
		"constant 20000/s": {Strategy: "constant", TargetRate: 2e4},
	} {
		if got := one(t, &results.Run{Benchmarks: []results.Benchmark{b}}).Name; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSummarize_sentPerSecond(t *testing.T) {
	every := func(gap int64, n int) (recs []*results.Record) {
		for i := range n {
			recs = append(recs, ok(int64(i), 1000*ms+int64(i)*gap, 1))
		}
		return recs
	}
	for name, tt := range map[string]struct {
		recs    []*results.Record
		sendEnd int64
		want    float64
	}{
		"the last request ended it": {every(250*ms, 20), 5750 * ms, 4},
		"and was a little late":     {every(250*ms, 20), 5749 * ms, 4},
		"the time limit ended it":   {every(250*ms, 20), 6000 * ms, 4},
		"a silence at the end":      {every(100*ms, 10), 6000 * ms, 2},
		"one request":               {every(ms, 1), 3000 * ms, 0},
		"one that ended it":         {every(ms, 1), 1001 * ms, 0},
		"none":                      {nil, 3000 * ms, 0},
		"all at once":               {every(0, 10), 2000 * ms, 10},
	} {
		run := aRun()
		run.Benchmarks[0].SendEndNS = tt.sendEnd
		if diff := cmp.Diff(tt.want, one(t, run, tt.recs...).SentPerSecond, near); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A run that was killed describes no window, or no benchmark at all.
func TestSummarize_inferredWindow(t *testing.T) {
	recs := []*results.Record{ok(0, 1000*ms, 3), ok(1, 1500*ms, 5)}
	for name, run := range map[string]*results.Run{
		"no benchmark": {},
		"no window":    {Benchmarks: []results.Benchmark{{Strategy: "synchronous", TargetConcurrency: 1}}},
		"only a start": {Benchmarks: []results.Benchmark{{Strategy: "synchronous", StartNS: 1000 * ms}}},
	} {
		s := summarize(t, run, recs...)
		b := &s.Benchmarks[0]
		if b.Name != "synchronous" || b.StartNS != 1000*ms || b.WindowEndNS != 1641*ms || b.EndNS != 1641*ms {
			t.Errorf("%s: %q from %d to %d, %d", name, b.Name, b.StartNS, b.WindowEndNS, b.EndNS)
		}
		if diff := cmp.Diff(2/0.641, b.RequestsPerSecond, near); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestSummarize_accuracy(t *testing.T) {
	a, b, c := ok(0, 1000*ms, 3), ok(1, 1100*ms, 3), ok(2, 1200*ms, 3)
	if got := one(t, aRun(), a, b, c).Accuracy; got != nil {
		t.Errorf("accuracy %v of nothing scored", *got)
	}
	a.Score, b.Score = new(1.0), new(0.0)
	c.Score = new(math.NaN())
	if got := one(t, aRun(), a, b, c).Accuracy; got == nil || *got != 0.5 {
		t.Errorf("accuracy %v, want 0.5", got)
	}
}

func TestSummarize_error(t *testing.T) {
	broken := errors.New("broken")
	s, err := metrics.Summarize(aRun(), func(yield func(*results.Record, error) bool) {
		_ = yield(ok(0, 1000*ms, 1), nil) && yield(nil, broken)
	})
	if s != nil || !errors.Is(err, broken) {
		t.Errorf("got %v, %v", s, err)
	}
}
