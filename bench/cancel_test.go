package bench_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// Requests are given up where seed and sequence say so, after the time or the chunks asked for, with a status that is
// neither success nor error.
func TestRun_cancel(t *testing.T) {
	open, closed := bench.Strategy{Kind: bench.Constant, Rate: 10}, bench.Strategy{Kind: bench.Concurrent, Concurrency: 7}
	for _, tt := range []struct {
		name     string
		strategy bench.Strategy
		after    string
		took     time.Duration
		chunks   int
	}{
		{"open, time", open, "1500ms", 1500 * time.Millisecond, 0},
		{"closed, time", closed, "3500ms", 3500 * time.Millisecond, 2},
		{"open, chunks", open, "3tok", 4 * time.Second, 3},
		{"closed, chunks", closed, "1tok", 2 * time.Second, 1},
		{"closed, at once", closed, "0s", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before []bool
			for range 2 {
				synctest.Test(t, func(t *testing.T) {
					server := &fakeServer{ttft: steadily(2 * time.Second), count: 10, token: time.Second}
					r, sink := fakeRunner(server)
					r.Cancel, _ = bench.ParseCancelAfter(tt.after)
					r.Cancel.Rate, r.Seed = 0.3, 7
					b, _ := run(t, r, tt.strategy, bench.Limits{MaxRequests: 200, MaxErrors: 1})
					if b.StopReason != bench.StopRequests {
						t.Errorf("ended by %s: what is given up is no error", b.StopReason)
					}
					counts := checkCounts(t, server, sink.records)
					if n := counts[results.StatusCancelled]; n < 40 || n > 80 || counts[results.StatusOK] != 200-n {
						t.Errorf("%v, want about 60 cancelled and the rest fine", counts)
					}
					cancelled := make([]bool, 200)
					for _, rec := range sink.records {
						if rec.Status != results.StatusCancelled {
							continue
						}
						cancelled[rec.Sequence] = true
						if took := time.Duration(rec.DoneNS - rec.SentNS); took != tt.took || len(rec.ChunkNS) != tt.chunks {
							t.Errorf("request %d was given up after %v and %d chunks, want %v, %d", rec.Sequence, took, len(rec.ChunkNS), tt.took, tt.chunks)
						}
					}
					if before != nil && !cmp.Equal(before, cancelled) {
						t.Error("the same seed gives up other requests")
					}
					before = cancelled
				})
			}
		})
	}
}

// An answer that is faster than the user's patience is an answer.
func TestRun_cancelTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Second), count: 1}
		r, sink := fakeRunner(server)
		r.Cancel = bench.Cancellation{Rate: 1, After: 2 * time.Second}
		run(t, r, bench.Strategy{Kind: bench.Concurrent, Concurrency: 2}, bench.Limits{MaxRequests: 10})
		if counts := checkCounts(t, server, sink.records); counts[results.StatusOK] != 10 {
			t.Errorf("%v, want 10 ok", counts)
		}
	})
}

// The end of the benchmark is told from what the user gives up.
func TestRun_cancelAndCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &fakeServer{ttft: steadily(time.Hour), count: 1}
		r, sink := fakeRunner(server)
		r.Cancel = bench.Cancellation{Rate: 1, After: 4 * time.Second}
		run(t, r, bench.Strategy{Kind: bench.Constant, Rate: 1}, bench.Limits{MaxDuration: 5 * time.Second})
		want := map[string]int{results.StatusCancelled: 1, results.StatusUnfinished: 4}
		if counts := checkCounts(t, server, sink.records); counts[results.StatusCancelled]+counts[results.StatusUnfinished] != 5 || counts[results.StatusCancelled] < 1 || counts[results.StatusCancelled] > 2 {
			t.Errorf("%v, want %v, or the second at the same instant", counts, want)
		}
	})
}

func TestParseCancelAfter_refuses(t *testing.T) {
	for _, text := range []string{"", "3", "-1s", "0tok", "-2tok", "tok", "1.5tok", "soon"} {
		if got, err := bench.ParseCancelAfter(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
