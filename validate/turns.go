package validate

import "sync"

// turns has what is found told in the order of the file, by those who find it: whoever is
// done with the chunk whose turn it is tells of it, and of those after it that are done.
type turns struct {
	tell func(*chunk, *batch) // called by one goroutine at a time

	mu     sync.Mutex
	moved  sync.Cond // next, busy or closed is another
	done   []*chunk  // chunks that are waiting for their turn, each at its index modulo the length
	next   int       // index of the chunk whose turn it is
	busy   bool      // somebody tells
	closed bool      // nobody may tell any more
}

func newTurns(ahead int, tell func(*chunk, *batch)) *turns {
	t := &turns{tell: tell, done: make([]*chunk, ahead)}
	t.moved.L = &t.mu
	return t
}

// room waits until the chunk with the index may be begun; it is false when it need not be.
func (t *turns) room(index int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.closed && index >= t.next+len(t.done) {
		t.moved.Wait()
	}
	return !t.closed
}

// part waits for the turn of a chunk and tells a part of it; it is false when nobody wants
// to know.
func (t *turns) part(ch *chunk, b *batch) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.closed && (t.busy || t.next != ch.index) {
		t.moved.Wait()
	}
	return t.say(ch, b)
}

// finish tells the rest of a chunk, ch.rest, when its turn has come: at once, or by the
// one who tells of those before it.
func (t *turns) finish(ch *chunk) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done[ch.index%len(t.done)] = ch
	for !t.busy {
		i := t.next % len(t.done)
		ch := t.done[i]
		if ch == nil || !t.say(ch, ch.rest) {
			return
		}
		t.done[i] = nil
		t.next++
		t.moved.Broadcast()
	}
}

// say tells without the lock; it is false when it may not.
func (t *turns) say(ch *chunk, b *batch) bool {
	if t.closed {
		return false
	}
	t.busy = true
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.busy = false
		t.moved.Broadcast()
	}()
	t.tell(ch, b)
	return true
}

// close waits for the one who tells, and lets nobody tell again.
func (t *turns) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.moved.Broadcast()
	for t.busy {
		t.moved.Wait()
	}
}
