package bench_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/trace"
)

// openStrategies are the open loops, each with more than 50 requests or an end of its own.
func openStrategies(t *testing.T) map[string]bench.Strategy {
	t.Helper()
	stages := func(text string) []bench.Stage {
		s, err := bench.ParseStages(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	log, err := trace.Read(strings.NewReader(`{"at":0,"output_length":9}` + "\n" + `{"at":0.7}` + "\n" + `{"at":3}` + "\n" + `{"at":3}`))
	if err != nil {
		t.Fatal(err)
	}
	replay, err := bench.TraceStrategy(log, "log", 2)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]bench.Strategy{
		"constant":         {Kind: bench.Constant, Rate: 7},
		"constant ramp-up": {Kind: bench.Constant, Rate: 10, Rampup: 2 * time.Second},
		"poisson":          {Kind: bench.Poisson, Rate: 7, Seed: 1},
		"poisson ramp-up":  {Kind: bench.Poisson, Rate: 7, Seed: 1, Rampup: 5 * time.Second},
		"gamma":            {Kind: bench.Gamma, Rate: 7, Burstiness: 0.5, Seed: 1},
		"ramp":             {Kind: bench.Ramp, Rate: 5, Stages: stages("1/s..9/s:10s")},
		"exponential ramp": {Kind: bench.Ramp, Rate: 5, Stages: stages("1/s..64/s:10s:exp")},
		"stages":           {Kind: bench.Stages, Rate: 5, Stages: stages("3/s:2s,9/s:3s,9/s..1/s:4s")},
		"trace":            replay,
	}
}

// TestRun_sendsAtTheInstantsOfTheSchedule, for every open loop, whatever becomes of the requests before.
func TestRun_sendsAtTheInstantsOfTheSchedule(t *testing.T) {
	for name, s := range openStrategies(t) {
		t.Run(name, func(t *testing.T) {
			want := slices.Collect(first50(s.Schedule()))
			limits := bench.Limits{}
			if len(want) == 50 {
				limits.MaxRequests = 50
			}
			synctest.Test(t, func(t *testing.T) {
				r, sink := newRunner(3 * time.Second)
				got, _, err := r.Run(t.Context(), 0, s, limits)
				if err != nil {
					t.Fatal(err)
				}
				checkSent(t, got.StartNS, sink.records, want)
				reason := bench.StopRequests
				if limits.MaxRequests == 0 {
					reason = bench.StopSchedule
				}
				if got.StopReason != reason || got.Shape != s.Shape() {
					t.Errorf("%s ended by %s, want %s", got.Shape, got.StopReason, reason)
				}
			})
		})
	}
}

func first50(s bench.Schedule) bench.Schedule {
	return func(yield func(time.Duration) bool) {
		n := 0
		for due := range s {
			if n == 50 || !yield(due) {
				return
			}
			n++
		}
	}
}

// TestRun_stagesEndWithTheirTime: the window is that of the stages, and requests in flight at its end are waited for.
func TestRun_stagesEndWithTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRunner(3 * time.Second)
		s := bench.Strategy{Kind: bench.Stages, Rate: 1.5, Stages: []bench.Stage{{From: 1, To: 1, Duration: 2 * time.Second}, {From: 2, To: 2, Duration: 2 * time.Second}}}
		got, _, err := r.Run(t.Context(), 0, s, bench.Limits{Grace: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		if w, e := time.Duration(got.WindowEndNS-got.StartNS), time.Duration(got.EndNS-got.StartNS); w != 4*time.Second || e != 6500*time.Millisecond {
			t.Errorf("a window of %v and an end after %v, want 4s and 6.5s", w, e)
		}
	})
}

// TestRun_traceBoundsAnswers: a request of a trace asks for an answer as long as the trace has it, and others for what
// the run says.
func TestRun_traceBoundsAnswers(t *testing.T) {
	s := openStrategies(t)["trace"]
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(time.Millisecond)
		var bounds []int
		r.Body = func(dst []byte, in *openai.Input) []byte {
			bounds = append(bounds, in.MaxTokens)
			return dst
		}
		if _, _, err := r.Run(t.Context(), 0, s, bench.Limits{MaxDuration: time.Hour}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(bounds, []int{9, 0, 0, 0}) || len(sink.records) != 4 {
			t.Errorf("%d requests with bounds %v, want 9 and then none", len(sink.records), bounds)
		}
	})
}

// TestRun_closedShapes: slots come in one by one over the ramp-up, and users think between an answer and their next
// request, as long as the seed says.
func TestRun_closedShapes(t *testing.T) {
	const s = time.Second
	think := bench.Think{Least: 2 * s, Most: 5 * s}
	a, b := think.Time(9, 0, 0), think.Time(9, 1, 0)
	tests := []struct {
		name     string
		strategy bench.Strategy
		sent     []time.Duration
	}{
		{"concurrent ramp-up", bench.Strategy{Kind: bench.Concurrent, Concurrency: 4, Rampup: 2 * s}, []time.Duration{0, s / 2, s, 3 * s / 2, 3 * s, 7 * s / 2}},
		{"users", bench.Strategy{Kind: bench.Users, Concurrency: 2, Think: bench.Think{Least: 2 * s, Most: 2 * s}}, []time.Duration{0, 0, 5 * s, 5 * s, 10 * s, 10 * s}},
		{"users at random", bench.Strategy{Kind: bench.Users, Concurrency: 2, Think: think, Seed: 9}, []time.Duration{0, 0, 3*s + min(a, b), 3*s + max(a, b)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, sink := newRunner(3 * s)
				got, _, err := r.Run(t.Context(), 0, tt.strategy, bench.Limits{MaxRequests: len(tt.sent)})
				if err != nil {
					t.Fatal(err)
				}
				checkSent(t, got.StartNS, sink.records, tt.sent)
			})
		})
	}
	if a == b || a < think.Least || a > think.Most {
		t.Errorf("users think %v and %v, want two times from 2s to 5s", a, b)
	}
}

// TestRun_burstStartsTogether: a concurrent load begins with all its slots at one instant.
func TestRun_burstStartsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(time.Second)
		got, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Concurrent, Concurrency: 512}, bench.Limits{MaxRequests: 512})
		if err != nil {
			t.Fatal(err)
		}
		checkSent(t, got.StartNS, sink.records, make([]time.Duration, 512))
	})
}

// TestRun_maxRequestsIsExact, as it is not in GuideLLM at concurrency 512.
func TestRun_maxRequestsIsExact(t *testing.T) {
	for _, s := range []bench.Strategy{{Kind: bench.Concurrent, Concurrency: 512}, {Kind: bench.Throughput, Concurrency: 512}, {Kind: bench.Poisson, Rate: 5000, Cap: 512}} {
		synctest.Test(t, func(t *testing.T) {
			r, sink := newRunner(20 * time.Millisecond)
			if _, _, err := r.Run(t.Context(), 0, s, bench.Limits{MaxRequests: 3001}); err != nil {
				t.Fatal(err)
			}
			if len(sink.records) != 3001 || countOK(sink.records) != 3001 {
				t.Errorf("%v: %d requests, %d of them answered, want 3001", s, len(sink.records), countOK(sink.records))
			}
		})
	}
}

// TestRun_outcome: an open loop that the server does not keep up with has latencies that grow, and its objectives are
// tallied.
func TestRun_outcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRunner(time.Second)
		r.SLO, r.Trend = slo(t, "latency<=2s"), true
		_, out, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Constant, Rate: 10, Cap: 5}, bench.Limits{MaxRequests: 60})
		if err != nil {
			t.Fatal(err)
		}
		if out.Early < 1500*time.Millisecond || out.Late < 4*time.Second || out.Tally.Requests() != 60 {
			t.Errorf("latencies grow from %v to %v over %d requests", out.Early, out.Late, out.Tally.Requests())
		}
	})
}

// TestRun_trendIsOfWhatIsMeasured: a cold start that the warm-up covers does not hide that latency grows after it.
func TestRun_trendIsOfWhatIsMeasured(t *testing.T) {
	const s = time.Second
	for _, trend := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			server := &fakeServer{count: 1, ttft: func(at time.Duration) time.Duration {
				if at < 10*s {
					return 15 * s
				}
				return (at - 10*s) / 5
			}}
			r, _ := fakeRunner(server)
			r.Trend = trend
			limits := bench.Limits{MaxDuration: 20 * s, Grace: time.Minute, Warmup: bench.Span{Time: 10 * s}}
			_, out := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 10}, limits)
			if grew := out.Early > 0 && out.Late > 3*out.Early && out.Late < 3*s; grew != trend {
				t.Errorf("with Trend %v latency went from %v to %v", trend, out.Early, out.Late)
			}
		})
	}
}

// TestChooses: only what looks at outcomes has to see how they went.
func TestChooses(t *testing.T) {
	fixed := bench.Fixed{{Kind: bench.Synchronous}}
	for _, tt := range []struct {
		profile bench.Profile
		want    bool
	}{
		{fixed, false}, {bench.Chain{fixed, fixed}, false}, {bench.Sweep{Size: 3}, true}, {bench.Chain{fixed, bench.Search{}}, true},
	} {
		if got := bench.Chooses(tt.profile); got != tt.want {
			t.Errorf("%T: %v, want %v", tt.profile, got, tt.want)
		}
	}
}
