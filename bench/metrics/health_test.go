package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
)

// paced makes n requests at the given gap, each sent lag late and answered after 121 ms.
func paced(n int, gap, lag int64) (recs []*results.Record) {
	for i := range int64(n) {
		r := ok(i, 1000*ms+i*gap, 3)
		r.DueNS = r.SentNS - lag
		recs = append(recs, r)
	}
	return recs
}

func TestClientLimited(t *testing.T) {
	open := func(strategy string, rate float64, h results.Health) *results.Run {
		run := aRun()
		run.Benchmarks[0] = results.Benchmark{Strategy: strategy, TargetRate: rate, Health: h,
			StartNS: 1000 * ms, SendEndNS: 11_000 * ms, WindowEndNS: 11_000 * ms, EndNS: 11_000 * ms}
		return run
	}
	brief := func(strategy string, rate float64) *results.Run { // of a second
		run := open(strategy, rate, results.Health{})
		b := &run.Benchmarks[0]
		b.SendEndNS, b.WindowEndNS, b.EndNS = 2000*ms, 2000*ms, 2000*ms
		return run
	}
	hiccups := func(n, late int) []*results.Record {
		recs := paced(n, 100*ms, 0)
		for _, r := range recs[:late] {
			r.DueNS -= 5 * ms
		}
		return recs
	}
	clean := results.Health{CPUSeconds: 17, WallSeconds: 10, SinkBacklogMax: 5000, GCPauseMaxNS: 10 * ms}
	for name, tt := range map[string]struct {
		run  *results.Run
		recs []*results.Record
		want []string
	}{
		"clean, at every limit": {open("constant", 10, clean), paced(100, 100*ms, 1210_000), []string{}},
		"no requests":           {open("constant", 10, clean), nil, []string{}},
		"slow": {open("constant", 10, clean), paced(98, 102*ms, 0),
			[]string{"Requests were sent at 9.8/s, 98.0 % of the 10/s asked for."}},
		"slow by chance": {open("poisson", 10, clean), paced(98, 102*ms, 0), []string{}},
		"closed loop":    {open("concurrent", 0, clean), paced(2, 102*ms, 0), []string{}},
		"half by no chance": {open("poisson", 10, clean), paced(50, 200*ms, 0),
			[]string{"Requests were sent at 5/s, 50.0 % of the 10/s asked for."}},
		"late": {open("constant", 10, clean), paced(100, 100*ms, 5*ms),
			[]string{"At least 1 % of the requests were sent 5ms late or more, where 1.21ms is tolerable (1 ms or 1 % of the median latency)."}},
		"one of many": {brief("constant", 16), paced(1, ms, 0),
			[]string{"Only 1 request was sent in 1s, where 16/s were asked for."}},
		"one of few":             {brief("constant", 2), paced(1, ms, 0), []string{}},
		"one of few by chance":   {brief("poisson", 8), paced(1, ms, 0), []string{}},
		"one of many, no chance": {brief("poisson", 20), paced(1, ms, 0), []string{"Only 1 request was sent in 1s, where 20/s were asked for."}},
		"four of many": {brief("poisson", 30), paced(4, 200*ms, 0),
			[]string{"Requests were sent at 4/s, 13.3 % of the 30/s asked for."}},
		"one late": {brief("constant", 1), paced(1, ms, 2*ms), []string{}},
		"a hiccup": {open("concurrent", 0, clean), hiccups(80, 2), []string{}},
		"three late": {open("concurrent", 0, clean), hiccups(80, 3),
			[]string{"At least 1 % of the requests were sent 5ms late or more, where 1.21ms is tolerable (1 ms or 1 % of the median latency)."}},
		"CPU": {open("constant", 10, results.Health{CPUSeconds: 18, WallSeconds: 10}), paced(100, 100*ms, 0),
			[]string{"The client used 90 % of the 2 CPU cores that it may use."}},
		"backlog": {open("constant", 10, results.Health{SinkBacklogMax: 5001}), paced(100, 100*ms, 0),
			[]string{"5001 finished requests waited to be written to the results file at once."}},
		"GC": {open("constant", 10, results.Health{GCPauseMaxNS: 12_345_678}), paced(100, 100*ms, 0),
			[]string{"The garbage collector stopped the client for 12.3ms."}},
	} {
		if diff := cmp.Diff(tt.want, one(t, tt.run, tt.recs...).ClientLimited); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWarnings(t *testing.T) {
	many := func(change func(r *results.Record)) []*results.Record {
		recs := paced(130, ms, 0)
		for _, r := range recs {
			change(r)
		}
		return recs
	}
	stopped, undescribed := aRun(), aRun()
	stopped.Stopped = "interrupted"
	undescribed.Benchmarks = nil
	for name, tt := range map[string]struct {
		run  *results.Run
		recs []*results.Record
		want []string
	}{
		"none":    {aRun(), many(func(*results.Record) {}), []string{}},
		"nothing": {aRun(), nil, []string{}},
		"stopped": {stopped, many(func(*results.Record) {}),
			[]string{"The run stopped before its plan did: interrupted. The figures cover what was measured."}},
		"undescribed": {undescribed, many(func(*results.Record) {}),
			[]string{"The results file does not describe the window of synchronous: it is taken from the requests."}},
		"backwards": {aRun(), many(func(r *results.Record) { r.HeadersNS = r.SentNS - 1 }),
			[]string{"Some instants run backwards in synchronous; they give no samples."}},
		"chunks": {aRun(), many(func(r *results.Record) { r.TokenSource = results.TokensFromChunks }),
			[]string{"The server gave no usage for 130 of 130 answers: their output tokens are counted by chunks, a lower bound."}},
		"unknown": {aRun(), many(func(r *results.Record) { r.TokenSource = results.TokensUnknown }),
			[]string{"The output tokens of 130 of 130 answers are unknown; they are in no token figure."}},
		"clock": {aRun(), many(func(r *results.Record) { r.TimeSource = "clock" }),
			[]string{"The arrival times of 130 of 130 answers were read from the clock after the read, not taken from the kernel: on a busy client they are late."}},
		"coalesced": {aRun(), many(func(r *results.Record) { r.CoalescedChunks = 1 }),
			[]string{"More than 5 % of the chunks shared one read with another in synchronous: gaps between them are 0, and the gap before is too long."}},
		"empty": {aRun(), append(many(func(*results.Record) {}), ok(130, 1000*ms, 0)),
			[]string{"1 of 131 answers had no output, not one token: they are in the requests/s, not in the latency figures."}},
		"bundles": {aRun(), many(func(r *results.Record) { r.OutputTokens = 6 }),
			[]string{"The server sends several tokens per chunk in synchronous: a chunk gap there is not the time of one token; TPOT is."}},
		"few": {aRun(), many(func(*results.Record) {})[:129],
			[]string{"Fewer than 130 answers, what a p95 takes at 99 % confidence, in synchronous: higher percentiles are noise."}},
	} {
		if diff := cmp.Diff(tt.want, summarize(t, tt.run, tt.recs...).Warnings); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A warning about all benchmarks does not name them all.
func TestWarnings_everyBenchmark(t *testing.T) {
	run := aRun()
	run.Benchmarks = append(run.Benchmarks, results.Benchmark{Index: 1, Strategy: "throughput"})
	other := ok(1, 1000*ms, 3)
	other.Benchmark = 1
	want := []string{"Fewer than 130 answers, what a p95 takes at 99 % confidence, in every benchmark: higher percentiles are noise."}
	if diff := cmp.Diff(want, summarize(t, run, ok(0, 1000*ms, 3), other).Warnings); diff != "" {
		t.Error(diff)
	}
}
