package metrics_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// latencies makes answers that take 1, 2, ..., n ms, in a scrambled order.
func latencies(n int) []*results.Record {
	recs := make([]*results.Record, n)
	for i := range recs {
		recs[i] = ok(int64(i), 1000*ms, 1)
		recs[i].DoneNS = recs[i].SentNS + int64(i+1)*ms
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
	return recs
}

// Nearest rank: the percentile of 1..n is ceil(p*n).
func TestDist_percentiles(t *testing.T) {
	for _, tt := range []struct {
		n                        int
		p50, p90, p95, p99, p999 float64
	}{
		{1, 1, 1, 1, 1, 1},
		{2, 1, 2, 2, 2, 2},
		{3, 2, 3, 3, 3, 3},
		{4, 2, 4, 4, 4, 4},
		{10, 5, 9, 10, 10, 10},
		{20, 10, 18, 19, 20, 20},
		{100, 50, 90, 95, 99, 100},
		{101, 51, 91, 96, 100, 101},
		{1000, 500, 900, 950, 990, 999},
		{1001, 501, 901, 951, 991, 1000},
	} {
		d := one(t, aRun(), latencies(tt.n)...).Latency
		got := []float64{d.P50, d.P90, d.P95, d.P99, d.P999, d.Min, d.Max}
		want := []float64{tt.p50, tt.p90, tt.p95, tt.p99, tt.p999, 1, float64(tt.n)}
		for i := range want {
			want[i] /= 1000
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d samples: %s", tt.n, diff)
		}
	}
}

// Mean and standard deviation of 2, 4, 4, 4, 5, 5, 7, 9: 5 and, of a sample, sqrt(32/7).
func TestDist_moments(t *testing.T) {
	var recs []*results.Record
	for i, v := range []int64{2, 4, 4, 4, 5, 5, 7, 9} {
		r := ok(int64(i), 1000*ms, 1)
		r.OutputTokens = v
		recs = append(recs, r)
	}
	d := one(t, aRun(), recs...).OutputTokens
	if diff := cmp.Diff([]float64{5, math.Sqrt(32.0 / 7)}, []float64{d.Mean, d.Std}, near); diff != "" {
		t.Error(diff)
	}
	if d := one(t, aRun(), recs[0]).OutputTokens; d.Std != 0 || d.Mean != 2 {
		t.Errorf("one sample: mean %v, std %v", d.Mean, d.Std)
	}
}

// MinSamples is the smallest n at which at most one of n samples lies above the percentile with a chance of no more
// than 1 %.
func TestMinSamples(t *testing.T) {
	for _, p := range []float64{50, 90, 95, 99, 99.9} {
		q := p / 100
		risk := func(n int) float64 {
			return math.Pow(q, float64(n)) + float64(n)*(1-q)*math.Pow(q, float64(n-1))
		}
		n := metrics.MinSamples(p)
		if risk(n) > 0.01 || risk(n-1) <= 0.01 {
			t.Errorf("p%v: %d samples, risk %v; with one less %v", p, n, risk(n), risk(n-1))
		}
	}
	if n := metrics.MinSamples(75); n != 0 {
		t.Errorf("p75: %d", n)
	}
}

func TestDist_certified(t *testing.T) {
	for n, want := range map[int]float64{
		0: 0, 10: 0, 11: 50, 63: 50, 64: 90, 129: 90, 130: 95, 661: 95, 662: 99, 6635: 99, 6636: 99.9,
	} {
		if got := one(t, aRun(), latencies(n)...).Latency.Certified; got != want {
			t.Errorf("%d samples certify %v, want %v", n, got, want)
		}
	}
}

// dists returns the distributions of a benchmark by their JSON names.
func dists(t *rapid.T, b *metrics.Benchmark) map[string]metrics.Dist {
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	out := map[string]metrics.Dist{}
	for name, raw := range fields {
		var d metrics.Dist
		if json.Unmarshal(raw, &d) == nil && raw[0] == '{' {
			out[name] = d
		}
	}
	return out
}

// Whatever the records: percentiles rise, within min and max; counts add up; and any order gives the same bits.
func TestSummarize_laws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := aRun()
		run.Benchmarks = append(run.Benchmarks, results.Benchmark{Index: 2, Strategy: "constant", TargetRate: 4})
		recs := rapid.SliceOf(rapid.Custom(anyRecord)).Draw(t, "records")
		s, err := metrics.Summarize(run, seq(recs))
		if err != nil {
			t.Fatal(err)
		}
		requests := 0
		for i := range s.Benchmarks {
			b := &s.Benchmarks[i]
			requests += b.Counts.Total + b.Counts.Warmup
			checkBenchmark(t, b)
		}
		if requests != len(recs) {
			t.Errorf("%d requests of %d", requests, len(recs))
		}
		again, err := metrics.Summarize(run, seq(rapid.Permutation(recs).Draw(t, "shuffled")))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Error(diff)
		}
	})
}

func checkBenchmark(t *rapid.T, b *metrics.Benchmark) {
	for name, d := range dists(t, b) {
		rising := []float64{d.Min, d.P50, d.P90, d.P95, d.P99, d.P999, d.Max}
		for i := 1; i < len(rising); i++ {
			if rising[i] < rising[i-1] {
				t.Errorf("%s falls: %v", name, rising)
			}
		}
		if d.Mean < d.Min || d.Mean > d.Max || d.Std < 0 || d.Std > d.Max-d.Min {
			t.Errorf("%s: %+v", name, d)
		}
	}
	c := b.Counts
	kinds := 0
	for _, k := range c.ErrorKinds {
		kinds += k.Count
	}
	if c.Total != c.OK+c.Errors+c.Unfinished || kinds != c.Errors || c.ZeroToken > c.OK || b.Latency.Count > c.OK-c.ZeroToken {
		t.Errorf("counts: %+v, latency of %d", c, b.Latency.Count)
	}
	if b.RepeatedPrompts < 0 || b.RepeatedPrompts > c.Total || b.Concurrency < 0 || b.Concurrency > float64(b.ConcurrencyMax) {
		t.Errorf("repeated %d, concurrency %v of %d", b.RepeatedPrompts, b.Concurrency, b.ConcurrencyMax)
	}
}

func BenchmarkSummarize(b *testing.B) {
	var recs []*results.Record
	for i := range 4000 { // a million tokens
		recs = append(recs, ok(int64(i), int64(i)*ms, 250))
	}
	for b.Loop() {
		if _, err := metrics.Summarize(aRun(), seq(recs)); err != nil {
			b.Fatal(err)
		}
	}
}
