package bench_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sleeper is a Client whose answers take a fixed time.
type sleeper struct {
	epoch time.Time
	takes time.Duration
	err   *openai.Error
}

func (s sleeper) Do(ctx context.Context, _ *openai.Request, resp *openai.Response) {
	*resp = openai.Response{Chunks: resp.Chunks[:0], Sent: time.Since(s.epoch).Nanoseconds(), Err: s.err, Attempts: 1}
	if s.err == nil || s.err.Kind != openai.KindRefused {
		resp.Connected = resp.Sent + 1 // 0 is never
	}
	select {
	case <-time.After(s.takes):
		resp.Chunks = append(resp.Chunks, time.Since(s.epoch).Nanoseconds())
	case <-ctx.Done():
		resp.Err = &openai.Error{Kind: openai.KindCancelled, Message: context.Cause(ctx).Error()}
	}
	resp.Done = time.Since(s.epoch).Nanoseconds()
}

// memory is a Sink that keeps everything.
type memory struct {
	records []results.Record
	err     error
}

func (m *memory) Write(r *results.Record) error {
	m.records = append(m.records, *r)
	return m.err
}
func (m *memory) Tick() error { return nil }

func newRunner(takes time.Duration) (*bench.Runner, *memory) {
	sink, epoch := &memory{}, time.Now()
	return &bench.Runner{
		Client:  sleeper{epoch: epoch, takes: takes},
		Sink:    sink,
		Prompts: []bench.Prompt{{Line: 1, Messages: msg("user", "a")}, {Line: 2, Messages: msg("user", "b")}, {Line: 3, Messages: msg("user", "c")}},
		Body:    func(dst []byte, _ *openai.Input) []byte { return dst },
		Waiter:  func() (pace.Waiter, error) { return pace.NewTimer(), nil },
		Epoch:   epoch,
		RunID:   "test",
	}, sink
}

// In virtual time every instant is exact, so every assertion is an equality.
func TestRun(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name     string
		strategy bench.Strategy
		limits   bench.Limits
		takes    time.Duration
		sent     []time.Duration // of each request, in order of sequence
		window   time.Duration
		end      time.Duration
		reason   string
		ok       int
	}{
		{
			"synchronous", bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{}, s,
			[]time.Duration{0, s, 2 * s}, 3 * s, 3 * s, bench.StopPrompts, 3,
		},
		{
			"concurrent", bench.Strategy{Kind: bench.Concurrent, Concurrency: 2}, bench.Limits{MaxRequests: 5}, s,
			[]time.Duration{0, 0, s, s, 2 * s}, 3 * s, 3 * s, bench.StopRequests, 5,
		},
		{
			"more slots than requests", bench.Strategy{Kind: bench.Throughput, Concurrency: 512}, bench.Limits{MaxRequests: 2}, s,
			[]time.Duration{0, 0}, s, s, bench.StopRequests, 2,
		},
		{
			"constant", bench.Strategy{Kind: bench.Constant, Rate: 2}, bench.Limits{MaxRequests: 4}, 3 * s,
			[]time.Duration{0, s / 2, s, 3 * s / 2}, 9 * s / 2, 9 * s / 2, bench.StopRequests, 4,
		},
		{
			"time limit with grace", bench.Strategy{Kind: bench.Constant, Rate: 1}, bench.Limits{MaxDuration: 2 * s, Grace: 10 * s}, 3 * s,
			[]time.Duration{0, s}, 2 * s, 4 * s, bench.StopDuration, 2,
		},
		{
			"time limit cuts off", bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxDuration: 5 * s, Grace: s}, 4 * s,
			[]time.Duration{0, 4 * s}, 5 * s, 6 * s, bench.StopDuration, 1,
		},
		{
			"window is the time asked for", bench.Strategy{Kind: bench.Constant, Rate: 1}, bench.Limits{MaxDuration: 5 * s / 2}, s / 10,
			[]time.Duration{0, s, 2 * s}, 5 * s / 2, 5 * s / 2, bench.StopDuration, 3,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, sink := newRunner(tt.takes)
				got, _, err := r.Run(t.Context(), 0, tt.strategy, tt.limits)
				if err != nil {
					t.Fatal(err)
				}
				checkSent(t, got.StartNS, sink.records, tt.sent)
				if w := time.Duration(got.WindowEndNS - got.StartNS); w != tt.window {
					t.Errorf("window = %v, want %v", w, tt.window)
				}
				if e := time.Duration(got.EndNS - got.StartNS); e != tt.end {
					t.Errorf("end = %v, want %v", e, tt.end)
				}
				if got.StopReason != tt.reason {
					t.Errorf("stop reason = %s, want %s", got.StopReason, tt.reason)
				}
				if n := countOK(sink.records); n != tt.ok {
					t.Errorf("%d requests succeeded, want %d", n, tt.ok)
				}
			})
		})
	}
}

func checkSent(t *testing.T, start int64, records []results.Record, want []time.Duration) {
	t.Helper()
	got := make(map[int64]time.Duration)
	for _, r := range records {
		got[r.Sequence] = time.Duration(r.SentNS - start)
		if r.SentNS != r.DueNS {
			t.Errorf("request %d was sent %v after it was due", r.Sequence, time.Duration(r.SentNS-r.DueNS))
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d requests, want %d", len(got), len(want))
	}
	for i, w := range want {
		if got[int64(i)] != w {
			t.Errorf("request %d sent at %v, want %v", i, got[int64(i)], w)
		}
	}
}

func countOK(records []results.Record) (n int) {
	for _, r := range records {
		if r.Status == results.StatusOK {
			n++
		}
	}
	return n
}

func TestRun_interruptKeepsEverything(t *testing.T) {
	for _, s := range []bench.Strategy{{Kind: bench.Concurrent, Concurrency: 3}, {Kind: bench.Constant, Rate: 3}} {
		synctest.Test(t, func(t *testing.T) {
			r, sink := newRunner(4 * time.Second)
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(6*time.Second+time.Millisecond, func() { cancel(errors.New("interrupted")) })
			got, _, err := r.Run(ctx, 0, s, bench.Limits{MaxRequests: 1000})
			if err != nil {
				t.Fatal(err)
			}
			if got.StopReason != bench.StopInterrupted {
				t.Errorf("%v: stop reason = %s", s, got.StopReason)
			}
			if n := time.Duration(got.EndNS); n != 6*time.Second+time.Millisecond {
				t.Errorf("%v: ended at %v: an interrupt must not wait for answers", s, n)
			}
			ok, unfinished := countOK(sink.records), 0
			for _, rec := range sink.records {
				if rec.Status == results.StatusUnfinished && rec.ErrorMessage == "interrupted" {
					unfinished++
				}
			}
			if ok == 0 || unfinished == 0 || ok+unfinished != len(sink.records) {
				t.Errorf("%v: %d ok + %d unfinished of %d records", s, ok, unfinished, len(sink.records))
			}
		})
	}
}

func TestRun_promptsGoOnAcrossBenchmarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(time.Second)
		for i := range 2 {
			if _, _, err := r.Run(t.Context(), i, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxRequests: 2}); err != nil {
				t.Fatal(err)
			}
		}
		want := []int64{1, 2, 3, 1}
		for i, rec := range sink.records {
			if rec.PromptLine != want[i] {
				t.Errorf("request %d sent line %d, want %d", i, rec.PromptLine, want[i])
			}
		}
	})
}

// A server that only fails is not called for ever.
func TestRun_givesUpOnOnlyErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(0)
		r.Client = sleeper{epoch: r.Epoch, takes: time.Millisecond, err: &openai.Error{Kind: openai.KindRefused}}
		got, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxDuration: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if got.StopReason != bench.StopErrors || len(sink.records) != 100 {
			t.Errorf("stopped for %q after %d requests, want %q after 100", got.StopReason, len(sink.records), bench.StopErrors)
		}
	})
}

// Each of several machines gives up on its own first requests, wherever they are in the whole.
func TestRun_givesUpOnOnlyErrorsOfAShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(0)
		r.Client = sleeper{epoch: r.Epoch, takes: time.Millisecond, err: &openai.Error{Kind: openai.KindRefused}}
		r.Shard = bench.Shard{Index: 1, Count: 3}
		got, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Concurrent, Concurrency: 3}, bench.Limits{MaxDuration: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if got.StopReason != bench.StopErrors || len(sink.records) != 100 {
			t.Errorf("stopped for %q after %d requests, want %q after 100", got.StopReason, len(sink.records), bench.StopErrors)
		}
	})
}

// brokenWaiter fails for a reason of its own.
type brokenWaiter struct{ pace.Waiter }

var errBroken = errors.New("broken")

func (brokenWaiter) Until(context.Context, time.Time) error { return errBroken }

func TestRun_pacingFailureIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRunner(0)
		r.Waiter = func() (pace.Waiter, error) { return brokenWaiter{pace.NewTimer()}, nil }
		_, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Constant, Rate: 1}, bench.Limits{MaxRequests: 3})
		if !errors.Is(err, errBroken) {
			t.Errorf("got %v, want the waiter's error", err)
		}
	})
}

// A server that is down is not called as fast as it refuses.
func TestRun_pausesWhenNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(0)
		r.Client = sleeper{epoch: r.Epoch, err: &openai.Error{Kind: openai.KindRefused}}
		_, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxDuration: 950 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if len(sink.records) != 10 {
			t.Errorf("%d requests in 950 ms, want one every 100 ms", len(sink.records))
		}
	})
}

func TestRun_sinkFailureEndsTheRun(t *testing.T) {
	full := errors.New("no space left")
	synctest.Test(t, func(t *testing.T) {
		r, sink := newRunner(time.Second)
		sink.err = full
		_, _, err := r.Run(t.Context(), 0, bench.Strategy{Kind: bench.Synchronous, Concurrency: 1}, bench.Limits{MaxRequests: 1000})
		if !errors.Is(err, full) {
			t.Fatalf("got %v, want the sink's error", err)
		}
		if len(sink.records) != 1 {
			t.Errorf("%d records written after the sink failed", len(sink.records)-1)
		}
	})
}
