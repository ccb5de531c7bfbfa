package bench

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/pace"
)

// openLoop sends each request at its due time, whatever has become of those before. A request that cannot be sent
// in time is sent late, never skipped: its lag is in its record.
//
// The goroutine that waits for the due time also writes the request, where the client can do so without waiting; a
// worker reads the answer.
func (b *benchmark) openLoop(sending, requests context.Context, waiter pace.Waiter, schedule Schedule) error {
	l := launcher{benchmark: b, due: make(chan *worker)}
	defer close(l.due)
	for due := range schedule {
		if b.limits.MaxDuration > 0 && due >= b.limits.MaxDuration {
			break
		}
		if sending.Err() != nil {
			break
		}
		w := l.worker()
		if !b.take(&w.call) {
			break
		}
		at := b.start.Add(due)
		w.call.due = b.since(at)
		w.prepare()
		l.yield(at)
		if err := waiter.Until(sending, at); err != nil {
			b.sequence.Add(-1) // it was never sent
			if sending.Err() == nil {
				return fmt.Errorf("pace requests: %w", err)
			}
			break
		}
		l.launch(requests, w)
	}
	b.awaitEnd(sending)
	return nil
}

// A launcher hands workers with a request that is due to goroutines.
type launcher struct {
	*benchmark
	due chan *worker // unbuffered: a receive means that a goroutine is idle

	unsent bool // a goroutine was handed a request that it has to send itself

	mu   sync.Mutex
	idle []*worker
}

// worker returns one without a request.
func (l *launcher) worker() *worker {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.idle)
	if n == 0 {
		return &worker{benchmark: l.benchmark}
	}
	w := l.idle[n-1]
	l.idle = l.idle[:n-1]
	return w
}

// launch sends the request of w, which is due, and leaves the rest of it to an idle goroutine, or to a new one.
func (l *launcher) launch(ctx context.Context, w *worker) {
	w.start(ctx)
	l.unsent = l.unsent || !w.started
	select {
	case l.due <- w:
	default:
		l.inFlight.Go(func() { l.serve(ctx, w) })
	}
}

// yield lets other goroutines run before the wait for an instant, if one of them has a request to send: a thread that
// sleeps in a system call keeps its processor until the runtime takes it away, which can be 10 ms later.
func (l *launcher) yield(until time.Time) {
	if l.unsent && time.Until(until) > 0 {
		l.unsent = false
		runtime.Gosched()
	}
}

func (l *launcher) serve(ctx context.Context, w *worker) {
	for open := true; open; w, open = <-l.due {
		w.do(ctx)
		l.mu.Lock()
		l.idle = append(l.idle, w)
		l.mu.Unlock()
	}
}

// awaitEnd holds an open loop that ran out of due requests until its time is over, so that the measured window is
// the one asked for.
func (b *benchmark) awaitEnd(sending context.Context) {
	full := b.budget > 0 && b.sequence.Load() >= b.budget
	if b.limits.MaxDuration == 0 || full || sending.Err() != nil {
		return
	}
	timer := time.NewTimer(time.Until(b.start.Add(b.limits.MaxDuration)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-sending.Done():
	}
}
