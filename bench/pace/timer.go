package pace

import (
	"context"
	"time"
)

// Timer is a [Waiter] on Go's own timers: portable, and in virtual time under testing/synctest.
type Timer struct{ timer *time.Timer }

// NewTimer returns a Timer.
func NewTimer() *Timer { return &Timer{} }

// Until implements [Waiter].
func (w *Timer) Until(ctx context.Context, t time.Time) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	d := time.Until(t)
	if d <= 0 {
		return nil
	}
	if w.timer == nil {
		w.timer = time.NewTimer(d)
	} else {
		w.timer.Reset(d)
	}
	select {
	case <-ctx.Done():
		w.timer.Stop()
		return context.Cause(ctx)
	case <-w.timer.C:
		return nil
	}
}

// Name implements [Waiter].
func (w *Timer) Name() string { return "timer" }

// Close implements [Waiter].
func (w *Timer) Close() error {
	if w.timer != nil {
		w.timer.Stop()
	}
	return nil
}
