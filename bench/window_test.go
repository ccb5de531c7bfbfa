package bench_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/results"
)

// window is the window of b, and for how long it sent.
func window(b *results.Benchmark) [2]time.Duration {
	return [2]time.Duration{time.Duration(b.WindowEndNS - b.StartNS), time.Duration(b.SendEndNS - b.StartNS)}
}

// A limit of errors ends the window when it ends sending: in the grace period that follows the server has less and less
// to do.
func TestRun_windowEndsWithTheErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := failing(func(n int64) bool { return n == 2 })
		server.ttft = func(at time.Duration) time.Duration {
			if at < 2*time.Second { // the first two never answer
				return time.Hour
			}
			return time.Second
		}
		r, _ := fakeRunner(server)
		b, _ := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 1}, bench.Limits{MaxRequests: 100, MaxErrors: 1, Grace: 8 * time.Second})
		want := [2]time.Duration{3 * time.Second, 3 * time.Second}
		if got := window(&b); got != want || b.StopReason != bench.StopMaxErrors || b.EndNS-b.StartNS != 11e9 {
			t.Errorf("window and sending %v, want %v; %s, all over after %v", got, want, b.StopReason, time.Duration(b.EndNS-b.StartNS))
		}
	})
}

// An interrupt ends the window, and not the last answer before it: nothing came in between because nothing was due.
func TestRun_windowEndsWithTheInterrupt(t *testing.T) {
	think := bench.Think{Least: 30 * time.Second, Most: 30 * time.Second}
	for _, s := range []bench.Strategy{
		{Kind: bench.Constant, Rate: 0.01},
		{Kind: bench.Stages, Rate: 0.01, Stages: []bench.Stage{{From: 0.01, To: 0.01, Duration: 200 * time.Second}}},
		{Kind: bench.Users, Concurrency: 4, Think: think},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, _ := fakeRunner(&fakeServer{ttft: steadily(time.Second), count: 1})
			ctx, cancel := context.WithCancel(t.Context())
			start := time.Now()
			time.AfterFunc(10*time.Second, cancel)
			b, outcome, err := r.Run(ctx, 0, s, bench.Limits{MaxRequests: 1000})
			if err != nil {
				t.Fatal(err)
			}
			lead := time.Duration(b.StartNS) - start.Sub(r.Epoch)
			want := [2]time.Duration{10*time.Second - lead, 10*time.Second - lead}
			if got := window(&b); got != want || b.StopReason != bench.StopInterrupted {
				t.Errorf("%v: window and sending %v, want %v; ended by %s", s, got, want, b.StopReason)
			}
			if outcome.RequestsPerSecond > 0.41 {
				t.Errorf("%v: %v requests/s", s, outcome.RequestsPerSecond)
			}
		})
	}
}

// Requests at a rate take the time of as many gaps, however fast the last answer is.
func TestRun_windowOfARate(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		synctest.Test(t, func(t *testing.T) {
			r, _ := fakeRunner(&fakeServer{ttft: steadily(time.Millisecond), count: 1})
			b, outcome := run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 2}, bench.Limits{MaxRequests: n})
			if outcome.RequestsPerSecond != 2 || b.StopReason != bench.StopRequests {
				t.Errorf("%d requests at 2/s: %v/s, ended by %s", n, outcome.RequestsPerSecond, b.StopReason)
			}
		})
	}
}

// A trace starts a conversation at each of its instants, however many turns those have.
func TestRun_traceOfSessions(t *testing.T) {
	for _, tt := range []struct {
		most, sent int
		reason     string
		dropped    int64
	}{{0, 9, bench.StopSchedule, 0}, {9, 9, bench.StopSchedule, 0}, {4, 4, bench.StopRequests, -1}} {
		synctest.Test(t, func(t *testing.T) {
			server := &fakeServer{ttft: steadily(time.Second), count: 1}
			r, sink := fakeRunner(server)
			r.Prompts, r.Sessions = conversations(t)[:1], bench.LiveReplies
			trace := bench.Strategy{Kind: bench.Trace, Rate: 1, Due: []time.Duration{0, time.Second / 2, 10 * time.Second}}
			b, _ := run(t, r, trace, bench.Limits{MaxRequests: tt.most})
			checkCounts(t, server, sink.records)
			if len(sink.records) != tt.sent || b.StopReason != tt.reason || tt.dropped >= 0 && b.TurnsDropped != tt.dropped {
				t.Errorf("at most %d: %d turns, ended by %s, %d dropped", tt.most, len(sink.records), b.StopReason, b.TurnsDropped)
			}
		})
	}
}

// The length of an answer in a trace bounds those of the conversation that it begins, whatever comes in between.
func TestRun_traceBoundsSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := fakeRunner(&fakeServer{ttft: steadily(time.Second), count: 1})
		r.Prompts, r.Sessions = conversations(t)[:1], bench.LiveReplies
		var mu sync.Mutex
		bounds := map[int]int{} // how many requests had each
		r.Body = func(dst []byte, in *openai.Input) []byte {
			mu.Lock()
			defer mu.Unlock()
			bounds[in.MaxTokens]++
			return dst
		}
		trace := bench.Strategy{Kind: bench.Trace, Rate: 1, Due: []time.Duration{0, 10 * time.Second}, MaxTokens: []int{5, 9}}
		run(t, r, trace, bench.Limits{})
		if diff := cmp.Diff(map[int]int{5: 3, 9: 3}, bounds); diff != "" {
			t.Error(diff)
		}
	})
}

// What was never sent is recorded under the model that it would have asked.
func TestRun_notSentHasItsModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := fakeRunner(&fakeServer{ttft: steadily(time.Second), count: 1})
		var err error
		if r.Models, err = openai.ParseMix("a=1,b=1", 1); err != nil {
			t.Fatal(err)
		}
		run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 10, Cap: 1}, bench.Limits{MaxDuration: 3 * time.Second, Grace: time.Minute})
		for _, rec := range sink.records {
			if want := r.Models.Pick(rec.Sequence); rec.Model != want {
				t.Errorf("request %d, sent at %d, is of %s, want %s", rec.Sequence, rec.SentNS, rec.Model, want)
			}
		}
	})
}

// The turns are counted that the end of sending leaves unsent, in an open loop and in a closed one.
func TestRun_turnsAfterTheEnd(t *testing.T) {
	for _, s := range []bench.Strategy{
		{Kind: bench.Stages, Rate: 10, Stages: []bench.Stage{{From: 10, To: 10, Duration: time.Second}}},
		{Kind: bench.Concurrent, Concurrency: 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := &fakeServer{ttft: steadily(300 * time.Millisecond), count: 1}
			r, sink := fakeRunner(server)
			r.Prompts, r.Sessions = conversations(t)[:1], bench.LiveReplies
			b, _ := run(t, r, s, bench.Limits{MaxDuration: time.Second, Grace: time.Minute})
			begun := map[int64]bool{}
			for _, rec := range sink.records {
				begun[*rec.Session] = true
			}
			unsent := int64(3*len(begun) - len(sink.records))
			if diff := cmp.Diff(unsent, b.TurnsDropped); diff != "" || unsent == 0 {
				t.Errorf("%v: %d conversations, %d turns sent; dropped %s", s, len(begun), len(sink.records), diff)
			}
		})
	}
}

// What a cap held back until the end is told from what was cut off.
func TestRun_notSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, sink := fakeRunner(server)
		run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 10, Cap: 1}, bench.Limits{MaxDuration: 3 * time.Second, Grace: time.Minute})
		checkCounts(t, server, sink.records)
		for _, rec := range sink.records {
			if held := rec.SentNS == 0; held != (rec.ErrorKind == string(openai.KindNotSent)) || held != (rec.Status == results.StatusUnfinished) {
				t.Errorf("request %d, sent at %d: %s %s", rec.Sequence, rec.SentNS, rec.Status, rec.ErrorKind)
			}
		}
	})
}
