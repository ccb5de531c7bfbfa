package metrics_test

import (
	"math"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// TestSummarize_asked: of a schedule whose rate varies the figure is of what was due in the window, sent or held back.
func TestSummarize_asked(t *testing.T) {
	var recs []*results.Record
	for i := range int64(10) { // 10/s before the window
		r := ok(i, i*100*ms+ms, 2)
		r.Warmup = true
		recs = append(recs, r)
	}
	for i := range int64(20) { // 20/s inside
		r := ok(10+i, 1000*ms+i*50*ms+ms, 2)
		if i == 7 {
			r = &results.Record{Sequence: r.Sequence, DueNS: r.DueNS, Status: results.StatusError, ErrorKind: "not_sent"}
		}
		recs = append(recs, r)
	}
	for _, tt := range []struct {
		name           string
		strategy       string
		shape          string
		target         float64
		start, sendEnd int64
		want           float64
	}{
		{"stages", "stages", "10/s:1s,20/s:1s", 15, 1000 * ms, 2000 * ms, 20},
		{"trace", "trace", "t.jsonl", 15, 1000 * ms, 2000 * ms, 20},
		{"ended by its last request", "ramp", "10/s..20/s:2s", 15, 1000 * ms, 1951 * ms, 20},
		{"a part of each", "ramp", "10/s..20/s:2s", 15, 500 * ms, 1500 * ms, 15},
		{"ramp-up", "constant", "ramp-up 1s", 20, 0, 1000 * ms, 10},
		{"one rate", "constant", "", 15, 1000 * ms, 2000 * ms, 15},
		{"bursts", "gamma", "burstiness 0.5", 15, 1000 * ms, 2000 * ms, 15},
		{"one request", "ramp", "10/s..20/s:2s", 15, 1000 * ms, 1030 * ms, 15},
		{"closed loop", "concurrent", "ramp-up 1s", 0, 1000 * ms, 2000 * ms, 0},
	} {
		run := aRun()
		b := &run.Benchmarks[0]
		b.Strategy, b.Shape, b.TargetRate, b.TargetConcurrency = tt.strategy, tt.shape, tt.target, 0
		b.StartNS, b.SendEndNS = tt.start, tt.sendEnd
		if got := one(t, run, recs...).AskedPerSecond; math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %v/s were asked for, want %v", tt.name, got, tt.want)
		}
	}
}

// TestSummarize_askedOverWindows: what lies between the windows of runs that were merged was asked of neither.
func TestSummarize_askedOverWindows(t *testing.T) {
	run := aRun()
	b := &run.Benchmarks[0]
	b.Strategy, b.Shape, b.TargetRate = "stages", "20/s:1s,40/s:1s", 30
	var recs []*results.Record
	for i := range int64(100) {
		recs = append(recs, ok(i, i*50*ms+ms, 2))
	}
	for _, start := range []int64{1000 * ms, 4000 * ms} {
		b.Windows = append(b.Windows, results.Window{StartNS: start, SendEndNS: start + 500*ms, WindowEndNS: start + 500*ms, EndNS: start + 600*ms})
	}
	if got := one(t, run, recs...).AskedPerSecond; math.Abs(got-20) > 1e-9 {
		t.Errorf("%v/s were asked for, want 20", got)
	}
}
