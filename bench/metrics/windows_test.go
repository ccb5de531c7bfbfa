package metrics_test

import (
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// What lies between the windows of runs that were merged counts for nothing: not its time, not what ended in it.
func TestSummarize_windowsApart(t *testing.T) {
	run := aRun()
	b := &run.Benchmarks[0]
	const apart = 100_000 * ms
	first := results.Window{StartNS: b.StartNS, SendEndNS: b.SendEndNS, WindowEndNS: b.WindowEndNS, EndNS: b.EndNS}
	second := results.Window{StartNS: apart + first.StartNS, SendEndNS: apart + first.SendEndNS, WindowEndNS: apart + first.WindowEndNS, EndNS: apart + first.EndNS}
	var once, both []*results.Record
	for i := range int64(10) {
		once = append(once, ok(i, 1000*ms+i*100*ms, 5))
		both = append(both, ok(i, 1000*ms+i*100*ms, 5), ok(i, apart+1000*ms+i*100*ms, 5))
	}
	both = append(both, ok(99, 50_000*ms, 5)) // between the windows
	want := one(t, run, once...)
	b.EndNS, b.SendEndNS, b.WindowEndNS, b.Windows = second.EndNS, second.SendEndNS, second.WindowEndNS, []results.Window{first, second}
	got := one(t, run, both...)
	for name, pair := range map[string][2]float64{
		"window": {got.WindowSeconds, 2 * want.WindowSeconds}, "drain": {got.DrainSeconds, 2 * want.DrainSeconds},
		"requests/s": {got.RequestsPerSecond, want.RequestsPerSecond}, "tokens/s": {got.OutputTokensPerSecond, want.OutputTokensPerSecond},
		"sent/s": {got.SentPerSecond, want.SentPerSecond}, "concurrency": {got.Concurrency, want.Concurrency},
		"most in flight": {float64(got.ConcurrencyMax), float64(want.ConcurrencyMax)},
	} {
		if d := pair[0] - pair[1]; d > 1e-9 || d < -1e-9 || pair[1] == 0 {
			t.Errorf("%s: %v over two windows, want %v", name, pair[0], pair[1])
		}
	}
}
