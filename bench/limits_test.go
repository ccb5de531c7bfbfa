package bench_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
)

// A server that is full refuses at once what it has no room for: that says nothing of what it is working at.
func TestRun_refusalsBeforeTheFirstAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(0)
		r.Client = fullServer{
			works:   sleeper{epoch: r.Epoch, takes: time.Second},
			refuses: sleeper{epoch: r.Epoch, takes: time.Millisecond, err: &openai.Error{Kind: openai.KindHTTP}},
		}
		got, outcome, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Concurrent, Concurrency: 2}, bench.Limits{MaxRequests: 500})
		if err != nil {
			t.Fatal(err)
		}
		if got.StopReason != bench.StopRequests || len(sink.records) != 500 || countOK(sink.records) != 1 {
			t.Errorf("stopped for %q after %d requests, of which %d succeeded, want %q, 500, 1",
				got.StopReason, len(sink.records), countOK(sink.records), bench.StopRequests)
		}
		if outcome.RequestsPerSecond != 1 {
			t.Errorf("%v requests/s, want 1", outcome.RequestsPerSecond)
		}
	})
}

// fullServer is a Client whose first request alone succeeds.
type fullServer struct{ works, refuses sleeper }

func (s fullServer) Do(ctx context.Context, req *openai.Request, resp *openai.Response) {
	if req.ID == "test-0-0" {
		s.works.Do(ctx, req, resp)
		return
	}
	s.refuses.Do(ctx, req, resp)
}

// What the benchmark cuts off itself is no failure of the server, and no slot sends again when its request was cut off.
func TestRun_cutOffIsTimeUp(t *testing.T) {
	for range 10 {
		synctest.Test(t, func(t *testing.T) {
			r, sink := newRunner(time.Hour)
			got, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Throughput, Concurrency: 512}, bench.Limits{MaxDuration: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if got.StopReason != bench.StopDuration || len(sink.records) != 512 {
				t.Errorf("stopped for %q after %d requests, want %q after 512", got.StopReason, len(sink.records), bench.StopDuration)
			}
		})
	}
}

func TestRun_interruptInGraceKeepsTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRunner(5 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		got, _, err := r.Run(ctx, 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxDuration: 2 * time.Second, Grace: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if w := time.Duration(got.WindowEndNS - got.StartNS); w != 2*time.Second || got.StopReason != bench.StopInterrupted {
			t.Errorf("window %v, stopped for %q, want 2s, %q", w, got.StopReason, bench.StopInterrupted)
		}
	})
}
