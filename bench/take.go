package bench

import "sync/atomic"

// take makes the next request of the benchmark the worker's: the next turn of its session where there is one. False is
// that there is none left.
func (w *worker) take() bool {
	c := &w.call
	if w.Sessions == NoSessions {
		n, ok := reserve(&w.sequence, w.budget)
		if ok {
			*c = call{prompt: w.prompt(n), sequence: n}
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
		w.session.start(n, w.prompt(n), w.Sessions)
	}
	n, ok := reserve(&w.sequence, w.budget)
	if ok {
		*c = call{sequence: n}
		w.session.take(c)
		w.identify(c)
	}
	return ok
}

// putBack undoes take for a request that is not sent, unless another was taken since.
func (w *worker) putBack() { w.sequence.CompareAndSwap(w.call.sequence+1, w.call.sequence) }

// identify gives a call what follows from its sequence.
func (b *benchmark) identify(c *call) {
	c.id = b.requestID(c.sequence)
	c.chance = chance(b.Seed, b.index, c.sequence)
}

// prompt is the n-th that is sent.
func (b *benchmark) prompt(n int64) *Prompt { return &b.prompts[(b.first+n)%int64(len(b.prompts))] }

// promptsTaken is how many prompts the benchmark has begun to send.
func (b *benchmark) promptsTaken() int64 {
	if b.Sessions == NoSessions {
		return b.sequence.Load()
	}
	return b.sessions.begun.Load()
}

// full reports whether every request has been taken that the limits allow.
func (b *benchmark) full() bool { return b.budget > 0 && b.sequence.Load() >= b.budget }

// reserve counts one more, unless there have been as many as the limit says; 0 is no limit.
func reserve(count *atomic.Int64, limit int64) (n int64, ok bool) {
	for {
		n := count.Load()
		if limit > 0 && n >= limit {
			return 0, false
		}
		if count.CompareAndSwap(n, n+1) {
			return n, true
		}
	}
}
