package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/promptmill/promptmill/bench/pace"
)

// openLoop sends each request at its due time, whatever has become of those before. A request that cannot be sent
// in time is sent late, never skipped: its lag is in its record. Where a gate has no room for it the requests after it
// wait, too, and those that were due when sending ended are recorded as never sent.
//
// The goroutine that waits for the due time also writes the request, where the client can do so without waiting; a
// worker reads the answer.
func (b *benchmark) openLoop(sending, requests context.Context, waiter pace.Waiter, schedule Schedule) error {
	l := launcher{benchmark: b, sending: sending, requests: requests, waiter: waiter, due: make(chan *worker)}
	defer close(l.due)
loop:
	for due := range schedule {
		at := b.start.Add(due)
		if l.over(at) {
			break
		}
		b.passed++
		if !b.Shard.Has(b.passed - 1) {
			continue
		}
		w := l.worker()
		if !w.take() {
			b.covers(sending, at)
			break
		}
		w.call.due = b.since(at)
		ready, err := l.await(w, at)
		switch {
		case err != nil:
			w.putBack()
			return fmt.Errorf("pace requests: %w", err)
		case ready:
			l.launch(w)
		case l.over(at):
			w.putBack()
			break loop
		default:
			l.miss(w)
		}
	}
	b.awaitEnd(sending)
	return nil
}

// await returns true when it is time for the request of w, which is due at t, and there is room for it; false is that
// sending ended before.
func (l *launcher) await(w *worker, t time.Time) (ready bool, err error) {
	if l.stopped() {
		return false, nil
	}
	w.prepare()
	l.yield(t)
	if err := l.waiter.Until(l.sending, t); l.stopped() {
		return false, nil
	} else if err != nil {
		return false, err
	}
	l.held.Store(w.call.due)
	if !w.enter(l.sending) {
		return false, nil
	}
	l.held.Store(0)
	return true, nil
}

// over reports whether a request that is due at t is none of the benchmark's. Once sending has ended only those are
// that gates have held back.
func (l *launcher) over(t time.Time) bool {
	if l.limits.MaxDuration > 0 && t.Sub(l.start) >= l.limits.MaxDuration {
		return true
	}
	if !l.stopped() {
		return false
	}
	if l.ended.IsZero() {
		l.ended = time.Now()
	}
	return !l.gated() || t.After(l.ended)
}

// stopped reports whether sending has ended.
func (l *launcher) stopped() bool { return l.sending.Err() != nil }

// yield lets other goroutines run before the wait for an instant, if one of them has a request to send: a thread that
// sleeps in a system call keeps its processor until the runtime takes it away, which can be 10 ms later.
func (l *launcher) yield(until time.Time) {
	if l.unsent && time.Until(until) > 0 {
		l.unsent = false
		runtime.Gosched()
	}
}

// covers holds an open loop that has sent all its requests until the next would have been due, and has the measured
// window last until then: n requests at a rate are the load of n of its gaps, not of n-1.
func (b *benchmark) covers(sending context.Context, next time.Time) {
	if pauseUntil(sending, next) {
		b.covered = b.since(next)
	}
}

// awaitEnd holds an open loop that ran out of due requests until its time is over, so that the measured window is
// the one asked for.
func (b *benchmark) awaitEnd(sending context.Context) {
	if b.limits.MaxDuration > 0 && !b.full() {
		pauseUntil(sending, b.start.Add(b.limits.MaxDuration))
	}
}
