package bench

import (
	"context"
	"time"
)

// closedLoop keeps every slot busy until sending ends: a request is due the moment its slot is free.
func (b *benchmark) closedLoop(sending, requests context.Context) {
	slots := b.Shard.Of(int64(b.strategy.Concurrency))
	if b.budget != 0 {
		slots = min(slots, max(b.budget, 0))
	}
	for i := range slots {
		b.inFlight.Go(func() { b.slot(sending, requests, int(b.deal.number(i))) })
	}
	b.inFlight.Wait()
	if slots == 0 {
		b.awaitEnd(sending) // as the shards do that have slots
	}
}

// slot is slot i of all that the shards have. With time to think it is a user: its next request is due when it has thought about the answer.
func (b *benchmark) slot(sending, requests context.Context, i int) {
	w := b.worker()
	defer w.dropTurns()
	due := b.start.Add(b.strategy.slotStart(i))
	for turn := 0; sending.Err() == nil && requests.Err() == nil; turn++ { // of two that end together, either may be seen first
		if !pauseUntil(sending, due) || !b.prefill.enter(sending) {
			return
		}
		if !w.take() {
			b.prefill.leave()
			return
		}
		w.call.due = b.since(due)
		w.prepare()
		w.begin(requests)
		if w.do() {
			pauseUntil(sending, time.Now().Add(pauseUnconnected))
		}
		due = time.Now().Add(w.think(i, turn))
	}
}

// think is how long slot i takes after its turn-th answer.
func (w *worker) think(i, turn int) time.Duration {
	if w.session.more() {
		return w.session.think(&w.strategy)
	}
	return w.strategy.Think.Time(w.strategy.Seed, i, turn)
}

// pauseUnconnected is how long a slot waits that could not connect. A server that is down refuses faster than anyone
// could ask, and the refusals would eat the requests that were meant for the server.
const pauseUnconnected = 100 * time.Millisecond

// pauseUntil waits for t; false is that sending ended before it.
func pauseUntil(sending context.Context, t time.Time) bool {
	wait := time.Until(t)
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-sending.Done():
		return false
	}
}
