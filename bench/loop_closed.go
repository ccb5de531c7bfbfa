package bench

import (
	"context"
	"time"
)

// closedLoop keeps every slot busy until sending ends: a request is due the moment its slot is free.
func (b *benchmark) closedLoop(sending, requests context.Context) {
	slots := b.strategy.Concurrency
	if b.budget > 0 {
		slots = int(min(int64(slots), b.budget))
	}
	for range slots {
		b.inFlight.Go(func() { b.slot(sending, requests) })
	}
	b.inFlight.Wait()
}

func (b *benchmark) slot(sending, requests context.Context) {
	w := &worker{benchmark: b}
	due := b.start
	for sending.Err() == nil && requests.Err() == nil { // of two that end together, either may be seen first
		if !b.take(&w.call) {
			return
		}
		w.call.due = b.since(due)
		w.prepare()
		if w.do(requests) {
			b.pause(sending)
		}
		due = time.Now()
	}
}

// pauseUnconnected is how long a slot waits that could not connect. A server that is down refuses faster than anyone
// could ask, and the refusals would eat the requests that were meant for the server.
const pauseUnconnected = 100 * time.Millisecond

func (b *benchmark) pause(sending context.Context) {
	timer := time.NewTimer(pauseUnconnected)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-sending.Done():
	}
}
