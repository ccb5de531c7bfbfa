package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

func TestSummarize_targets(t *testing.T) {
	at := func(sequence int64, target string, tokens int) *results.Record {
		r := ok(sequence, (1000+sequence)*ms, tokens)
		r.Target = target
		return r
	}
	warm, failed := at(0, "a", 3), at(1, "b", 3)
	warm.Warmup = true
	failed.Status, failed.ErrorKind = results.StatusError, "http_status"
	got := one(t, aRun(), warm, failed, at(2, "b", 3), at(3, "a", 3), at(4, "a", 3)).Targets
	want := []metrics.Target{
		{URL: "a", Requests: 2, OK: 2, Latency: all(0.121, 2), TTFT: all(0.1, 2)},
		{URL: "b", Requests: 2, OK: 1, Errors: 1, Latency: all(0.121, 1), TTFT: all(0.1, 1)},
	}
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Error(diff)
	}
	if got := one(t, aRun(), at(0, "a", 3), at(1, "a", 3)).Targets; got != nil {
		t.Errorf("one target is told apart: %+v", got)
	}
}
