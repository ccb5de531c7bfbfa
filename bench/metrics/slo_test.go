package metrics_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

func TestParseSLO_refuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "expected one such as ttft<=300ms",
		"ttft":               "expected one such as ttft<=300ms",
		"ttft<=300":          "ttft is a time: expected one such as 300ms",
		"ttft<=-1ms":         "not negative",
		"ttft<=ms":           "expected a time",
		"ttft<=NaNs":         "expected a time",
		"ttft<=1e999s":       "expected a time",
		"ttft<=3/s":          "is a time",
		"speed>=3":           "no metric \"speed\" of one request: expected one of ttft,",
		"itl<=3ms":           "itl can mean chunk_gap or tpot",
		"ttft.p98<=3ms":      "ttft has no \"p98\"",
		"ttft.<=3ms":         "ttft has no \"\"",
		"ttft<=3ms,":         "expected one such as ttft<=300ms",
		"gen_speed>=3ms":     "gen_speed is in tokens/s",
		"chunk_gap.p50<=3ms": "no metric \"chunk_gap\"",
	} {
		if s, err := metrics.ParseSLO(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want an error with %q", text, s, err, want)
		}
	}
}

// Whatever is read as an SLO reads the same again, and can be held against a run.
func FuzzParseSLO(f *testing.F) {
	for _, s := range []string{"ttft<=300ms", "ttft<=300ms, tpot < 50ms,latency.p99<=2s", "gen_speed>=20/s", "E2EL>1min", "a<", "<=", "ttft.p99<1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := metrics.ParseSLO(text)
		if err != nil {
			return
		}
		if again, err := metrics.ParseSLO(s.String()); err != nil || again.String() != s.String() {
			t.Fatalf("%q reads as %q, and that as %v, %v", text, s, again, err)
		}
		sum, err := metrics.SummarizeFor(s, aRun(), seq([]*results.Record{ok(0, 1100*ms, 3)}))
		if g := sum.Benchmarks[0].Goodput; err != nil || g.Good > 1 || g.Share != float64(g.Good) {
			t.Fatalf("%q: %+v, %v", text, g, err)
		}
	})
}

// Of five requests one is good, one is slow to begin, one is slow to go on, one failed, one is a single token.
func TestGoodput(t *testing.T) {
	slow, stalls, failed, warm := ok(1, 1200*ms, 3), ok(2, 1300*ms, 3), ok(3, 1400*ms, 3), ok(5, 1050*ms, 3)
	slow.FirstTokenNS += 10 * ms
	stalls.LastTokenNS += 100 * ms
	failed.Status, failed.ErrorKind = results.StatusError, "timeout"
	warm.Warmup = true
	recs := []*results.Record{ok(0, 1100*ms, 3), slow, stalls, failed, ok(4, 1950*ms, 1), warm}
	slo, err := metrics.ParseSLO("ttft<=100ms, tpot<=10ms, latency.p50<=130ms, ttft.max<110ms")
	if err != nil {
		t.Fatal(err)
	}
	s, err := metrics.SummarizeFor(slo, aRun(), seq(recs))
	if err != nil {
		t.Fatal(err)
	}
	want := &metrics.Goodput{
		SLO: "ttft<=100ms, tpot<=10ms, latency.p50<=130ms, ttft.max<110ms", Requests: 5, Good: 2, Share: 2.0 / 5, RequestsPerSecond: 1,
		Bounds: []metrics.BoundResult{{Bound: "ttft<=100ms", Kept: 3}, {Bound: "tpot<=10ms", Kept: 3}},
		Percentiles: []metrics.PercentileResult{
			{Bound: "latency.p50<=130ms", Value: 0.121, Kept: true}, {Bound: "ttft.max<110ms", Value: 0.11, Certified: true},
		},
	}
	if d := cmp.Diff(want, s.Benchmarks[0].Goodput); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if kept, unchecked := s.Benchmarks[0].Goodput.Kept(0.4); kept || cmp.Diff([]string{"latency.p50<=130ms"}, unchecked) != "" {
		t.Errorf("kept %v, unchecked %q; want a missed maximum, and a median that 4 answers do not certify", kept, unchecked)
	}
}

// An SLO without a bound of one request calls every answer good, and percentiles of enough answers are certified.
func TestGoodput_percentilesOnly(t *testing.T) {
	var recs []*results.Record
	for i := range int64(11) {
		recs = append(recs, ok(i, 1100*ms, 3))
	}
	slo, err := metrics.ParseSLO("ttft.p50<=100ms")
	if err != nil {
		t.Fatal(err)
	}
	s, err := metrics.SummarizeFor(slo, aRun(), seq(recs))
	if err != nil {
		t.Fatal(err)
	}
	none := metrics.Goodput{SLO: "ttft<=1s"}
	if kept, unchecked := none.Kept(0.99); !kept || cmp.Diff([]string{"ttft<=1s"}, unchecked) != "" {
		t.Errorf("nothing was sent: kept %v, unchecked %q", kept, unchecked)
	}
	if kept, unchecked := s.Benchmarks[0].Goodput.Kept(1); !kept || unchecked != nil {
		t.Errorf("kept %v, unchecked %q", kept, unchecked)
	}
}

// A run tells the SLO that it was made for; one that makes no sense is told and costs nothing else.
func TestSummarize_sloOfTheRun(t *testing.T) {
	run := aRun()
	run.Config = map[string]any{metrics.SLOConfig: "ttft<=99ms"}
	if g := summarize(t, run, ok(0, 1100*ms, 3)).Benchmarks[0].Goodput; g == nil || g.Good != 0 || g.Bounds[0].Kept != 0 {
		t.Errorf("goodput %+v, want none good", g)
	}
	run.Config[metrics.SLOConfig] = "ttft<=fast"
	s := summarize(t, run, ok(0, 1100*ms, 3))
	if s.Benchmarks[0].Goodput != nil || s.Benchmarks[0].Counts.OK != 1 || !strings.Contains(strings.Join(s.Warnings, "\n"), "there is no goodput") {
		t.Errorf("goodput %v, warnings %q", s.Benchmarks[0].Goodput, s.Warnings)
	}
}
