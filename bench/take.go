package bench

import "sync/atomic"

// take makes the next request of the benchmark the worker's: the next turn of its session where there is one. False is
// that there is none left.
func (w *worker) take() bool {
	c := &w.call
	if w.Sessions == NoSessions {
		n, ok := reserve(&w.sequence, w.budget)
		if ok {
			*c = call{prompt: w.prompt(w.deal.number(n)), taken: n}
			w.identify(c)
		}
		return ok
	}
	if w.full() { // and no conversation is begun that cannot be sent
		return false
	}
	if !w.session.more() {
		n, ok := reserve(&w.sessions.begun, w.sessions.limit)
		if !ok {
			return false
		}
		n = w.deal.number(n)
		w.session.start(n, w.prompt(n), w.Sessions)
	}
	n, ok := reserve(&w.sequence, w.budget)
	if ok {
		*c = call{taken: n}
		w.session.take(c)
		w.identify(c)
	}
	return ok
}

// putBack undoes take for a request that is not sent, unless another was taken since.
func (w *worker) putBack() { w.sequence.CompareAndSwap(w.call.taken+1, w.call.taken) }

// identify gives a call its number among those of all shards, and what follows from that.
func (b *benchmark) identify(c *call) {
	c.sequence = b.deal.number(c.taken)
	c.id, c.model = b.requestID(c.sequence), b.Models.Pick(c.sequence)
	c.chance = chance(b.Seed, b.index, c.sequence)
}

// prompt is the n-th that is sent.
func (b *benchmark) prompt(n int64) *Prompt { return &b.prompts[(b.first+n)%int64(len(b.prompts))] }

// full reports whether every request has been taken that the limits allow.
func (b *benchmark) full() bool { return b.whole > 0 && b.sequence.Load() >= b.budget }

// reserve counts one more, unless there have been as many as the limit says; 0 is no limit, and [nothing] allows none.
func reserve(count *atomic.Int64, limit int64) (n int64, ok bool) {
	for {
		n := count.Load()
		if limit != 0 && n >= limit {
			return 0, false
		}
		if count.CompareAndSwap(n, n+1) {
			return n, true
		}
	}
}
