package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/promptmill/promptmill/bench/pace"
)

// arrival is a request that is due, with its body ready.
type arrival struct {
	call *call
	body []byte
}

// openLoop sends each request at its due time, whatever has become of those before. A request that cannot be sent
// in time is sent late, never skipped: its lag is in its record.
func (b *benchmark) openLoop(sending, requests context.Context, waiter pace.Waiter, schedule Schedule) error {
	arrivals := make(chan arrival) // unbuffered: a receive means that a worker is idle
	defer close(arrivals)
	for due := range schedule {
		if b.limits.MaxDuration > 0 && due >= b.limits.MaxDuration {
			break
		}
		if sending.Err() != nil {
			break
		}
		c, ok := b.take()
		if !ok {
			break
		}
		at := b.start.Add(due)
		c.due = b.since(at)
		a := arrival{call: c, body: b.Body(nil, c.prompt.Messages)}
		if err := waiter.Until(sending, at); err != nil {
			b.sequence.Add(-1) // it was never sent
			if sending.Err() == nil {
				return fmt.Errorf("pace requests: %w", err)
			}
			break
		}
		b.dispatch(requests, arrivals, a)
	}
	b.awaitEnd(sending)
	return nil
}

// dispatch gives the arrival to an idle worker, or to a new one.
func (b *benchmark) dispatch(ctx context.Context, arrivals chan arrival, a arrival) {
	select {
	case arrivals <- a:
	default:
		b.inFlight.Go(func() { b.serve(ctx, arrivals, a) })
	}
}

func (b *benchmark) serve(ctx context.Context, arrivals <-chan arrival, a arrival) {
	w := &worker{benchmark: b}
	for open := true; open; a, open = <-arrivals {
		w.req.Body = a.body
		w.do(ctx, a.call)
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
