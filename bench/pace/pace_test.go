package pace_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/bench/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStop = errors.New("stop")

func waiters(t *testing.T) []pace.Waiter {
	thread, err := pace.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	timer := pace.NewTimer()
	t.Cleanup(func() {
		if err := errors.Join(thread.Close(), timer.Close()); err != nil {
			t.Error(err)
		}
	})
	return []pace.Waiter{thread, timer}
}

// A waiter may be late, never early.
func TestUntil_neverEarly(t *testing.T) {
	for _, w := range waiters(t) {
		for _, d := range []time.Duration{-time.Second, 0, time.Microsecond, 100 * time.Microsecond, 3 * time.Millisecond} {
			due := time.Now().Add(d)
			if err := w.Until(t.Context(), due); err != nil {
				t.Fatalf("%s: Until(%v) = %v", w.Name(), d, err)
			}
			if early := time.Until(due); early > 0 {
				t.Errorf("%s: Until(%v) returned %v early", w.Name(), d, early)
			}
		}
	}
}

func TestUntil_cancelWakes(t *testing.T) {
	for _, w := range waiters(t) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Millisecond, func() { cancel(errStop) })
		if err := w.Until(ctx, time.Now().Add(time.Hour)); !errors.Is(err, errStop) {
			t.Errorf("%s: got %v, want the cause of the context", w.Name(), err)
		}
		if err := w.Until(ctx, time.Now()); !errors.Is(err, errStop) {
			t.Errorf("%s: on a context that is done: got %v, want its cause", w.Name(), err)
		}
		// The wake-up of the cancelled wait must not cut the next one short.
		due := time.Now().Add(2 * time.Millisecond)
		if err := w.Until(t.Context(), due); err != nil || time.Now().Before(due) {
			t.Errorf("%s: wait after a cancelled one: err %v, %v early", w.Name(), err, time.Until(due))
		}
	}
}

// One context may serve many waits, and another may follow it; its end wakes the wait that is under way, and no other.
func TestUntil_sameContext(t *testing.T) {
	for _, w := range waiters(t) {
		ctx, cancel := context.WithCancelCause(t.Context())
		for range 20 {
			due := time.Now().Add(200 * time.Microsecond)
			if err := w.Until(ctx, due); err != nil || time.Now().Before(due) {
				t.Fatalf("%s: err %v, %v early", w.Name(), err, time.Until(due))
			}
		}
		next, stop := context.WithCancel(t.Context())
		due := time.Now().Add(200 * time.Microsecond)
		if err := w.Until(next, due); err != nil {
			t.Errorf("%s: with another context: %v", w.Name(), err)
		}
		cancel(errStop) // of a wait long over
		due = time.Now().Add(200 * time.Microsecond)
		if err := w.Until(next, due); err != nil || time.Now().Before(due) {
			t.Errorf("%s: after the end of the first context: err %v, %v early", w.Name(), err, time.Until(due))
		}
		time.AfterFunc(time.Millisecond, stop)
		if err := w.Until(next, time.Now().Add(time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want the cause of the context", w.Name(), err)
		}
	}
}

func TestTimer_virtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := pace.NewTimer()
		start := time.Now()
		for i := range 5 {
			due := start.Add(time.Duration(i) * time.Minute)
			if err := w.Until(t.Context(), due); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(start); got != time.Duration(i)*time.Minute {
				t.Errorf("wait %d ended at %v, want %v", i, got, time.Duration(i)*time.Minute)
			}
		}
	})
}

func BenchmarkThread(b *testing.B) {
	w, err := pace.NewThread()
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	var late time.Duration
	for b.Loop() {
		due := time.Now().Add(time.Millisecond)
		if err := w.Until(b.Context(), due); err != nil {
			b.Fatal(err)
		}
		late += time.Since(due)
	}
	b.ReportMetric(float64(late.Microseconds())/float64(b.N), "us-late/op")
}
