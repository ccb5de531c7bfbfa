package bench_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// What is recalled from the records and the description is what the benchmark itself concluded, so that a profile that
// chooses its loads goes on as if it had not been stopped.
func TestRecall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slo, err := metrics.ParseSLO("latency.p90<=1s")
		if err != nil {
			t.Fatal(err)
		}
		r, sink := newRunner(20 * time.Millisecond)
		r.SLO, r.Trend = slo, true
		strategies := []bench.Strategy{{Kind: bench.Synchronous, Concurrency: 1}, {Kind: bench.Constant, Rate: 40}}
		var described []results.Benchmark
		var want []bench.Outcome
		for i, s := range strategies {
			d, o, err := r.Run(t.Context(), i, s, bench.Limits{MaxRequests: 40})
			if err != nil {
				t.Fatal(err)
			}
			described, want = append(described, d), append(want, o)
		}
		if got := described[1].PromptsTaken; got != 80 {
			t.Errorf("%d prompts taken after two benchmarks of 40", got)
		}
		memory := bench.Recall{SLO: slo, Trend: true}
		for i := range sink.records {
			memory.Add(&sink.records[i])
		}
		for i, s := range strategies {
			got := memory.Outcome(s, &described[i])
			if diff := cmp.Diff(want[i], got, cmpopts.IgnoreFields(bench.Outcome{}, "Tally")); diff != "" {
				t.Errorf("%v: -run +recalled:\n%s", s, diff)
			}
			if a, b := want[i].Tally.Judge(0.95), got.Tally.Judge(0.95); a != b || want[i].RequestsPerSecond == 0 {
				t.Errorf("%v: judged %v, recalled %v", s, a, b)
			}
		}
	})
}

// A runner that continues takes the prompt after those that were taken.
func TestRunner_continue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(time.Millisecond)
		r.Continue(4) // of three prompts: one round, and one
		if _, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxRequests: 1}); err != nil {
			t.Fatal(err)
		}
		if got := sink.records[0].PromptLine; got != 2 {
			t.Errorf("sent line %d, want 2", got)
		}
	})
}
