package mock

import (
	"math/rand/v2"
	"sync"
	"time"
)

// A stream is one generation, from its admission to its end. It is driven by the agenda; the goroutine of its
// connection may cancel it.
type stream struct {
	srv  *Server
	conn *conn
	size size
	fate fate
	ep   *endpoint
	form form
	rng  *rand.Rand // jitter; nil without
	ttft time.Duration

	alarm   appointment
	onDrain func()        // resume, made once so that a chunk allocates nothing
	over    chan struct{} // closed when the response has ended

	mu    sync.Mutex
	state streamState
	reply reply
	hash  uint64
	start int64 // instants on the agenda's clock
	due   int64 // of token next
	first int64 // when the first token was sent
	next  int   // the next token to send
	sent  Sent

	content, thought piece // prebuilt, while nothing in them changes from chunk to chunk
}

// form is how the answer was asked for.
type form struct {
	stream     bool
	usage      bool // include_usage
	continuous bool // usage in every chunk
	close      bool // close the connection after the response
	http10     bool // no chunked coding
}

type streamState int

const (
	streamWaiting streamState = iota
	streamRunning
	streamOver
)

// piece is an event cut at its text.
type piece struct{ head, tail []byte }

// begin starts the clock of an admitted stream, at now. False says that it was cancelled while it waited.
func (st *stream) begin(now time.Time) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.state != streamWaiting {
		return false
	}
	st.state = streamRunning
	st.start = st.srv.agenda.since(now)
	st.srv.log.open(&st.sent, st.chunks())
	st.sent.StartedNS = now.UnixNano()
	st.due = st.start + int64(st.srv.jitter(st.rng, st.ttft, st.srv.cfg.TTFTJitter))
	if st.form.stream {
		st.prebuild()
		if !st.srv.dialect.headerAtFirst {
			st.sendHeader()
		}
	}
	st.schedule()
	return true
}

// schedule asks for the next step: the next chunk, or the whole answer when its last token is there.
func (st *stream) schedule() {
	due := st.due
	if !st.form.stream {
		for range st.size.tokens - 1 {
			due += int64(st.srv.gap(st.rng))
		}
	}
	st.srv.agenda.add(&st.alarm, due)
}

// chunks is how many content chunks there will be.
func (st *stream) chunks() int {
	if !st.form.stream {
		return min(st.size.tokens, 1)
	}
	per := st.srv.cfg.TokensPerChunk
	thought := (st.size.thought + per - 1) / per
	return (thought + (st.size.tokens-st.size.thought+per-1)/per) * st.size.choices
}

// step is called by the agenda when something is due.
func (st *stream) step() {
	st.mu.Lock()
	var freed *stream
	if st.state == streamRunning {
		if st.form.stream {
			freed = st.advance()
		} else {
			freed = st.answerWhole()
		}
	}
	st.mu.Unlock()
	st.srv.start(freed)
}

// advance sends what is due now. It returns the stream that inherits the slot when this one ends and one waits.
func (st *stream) advance() *stream {
	if st.next == 0 {
		st.open()
	}
	if st.fate.kind != faultNone && st.next >= st.fate.at {
		return st.strike()
	}
	if st.next < st.size.tokens {
		if !st.sendTokens() {
			return st.end(outcomeCancelled, func() {})
		}
	}
	if st.next >= st.size.tokens {
		return st.end(outcomeAnswered, func() { st.finish(st.appendEnding) })
	}
	if !st.conn.wire.full(st.onDrain) {
		st.schedule()
	}
	return nil
}

// resume goes on after the reader caught up.
func (st *stream) resume() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.state == streamRunning {
		st.schedule()
	}
}

// sendTokens sends the next chunk of every choice and moves due on.
func (st *stream) sendTokens() bool {
	until := min(st.next+st.srv.cfg.TokensPerChunk, st.size.tokens)
	if st.next < st.size.thought {
		until = min(until, st.size.thought) // no chunk is half reasoning
	}
	alive := true
	for i := range st.size.choices {
		chunk := st.appendChunk(st.srv.scratch[:0], i, until)
		now := time.Now()
		if st.next == 0 && i == 0 {
			st.first = st.srv.agenda.since(now)
		}
		st.sent.stamp(now)
		alive = st.conn.wire.send(chunk) && alive
		st.srv.scratch = chunk
	}
	for ; st.next < until; st.next++ {
		st.due += int64(st.srv.gap(st.rng))
	}
	return alive
}

// strike lets the fault happen.
func (st *stream) strike() *stream {
	switch st.fate.kind {
	case faultHang:
		return nil // no further appointment: it stays until someone cancels it
	case faultEvent:
		return st.end(outcomeFailed, func() { st.finish(st.appendErrorEvent) })
	case faultReset:
		return st.end(outcomeFailed, func() { st.conn.wire.abort(true) })
	}
	return st.end(outcomeFailed, st.conn.wire.finish)
}

// finish sends the end of the response.
func (st *stream) finish(ending func(dst []byte) []byte) {
	st.srv.scratch = ending(st.srv.scratch[:0])
	st.conn.respond(st.srv.scratch, st.form.close || st.form.stream && st.srv.closesStreams)
}

// end ends the response with what last does. Before that, the record is published and the slot is free, so that
// what the client does next finds both. It returns the stream that has the slot now, if one waited.
func (st *stream) end(out outcome, last func()) *stream {
	st.state = streamOver
	st.srv.log.publish(&st.sent)
	st.srv.tally.end(out)
	st.srv.tally.count(st)
	freed := st.srv.slots.release()
	last()
	close(st.over)
	return freed
}

// cancel ends the stream because its client has gone or the server closes.
func (st *stream) cancel() {
	st.mu.Lock()
	before := st.state
	if before == streamOver {
		st.mu.Unlock()
		return
	}
	st.state = streamOver
	st.srv.agenda.drop(&st.alarm)
	st.srv.tally.end(outcomeCancelled)
	st.srv.log.publish(&st.sent)
	close(st.over)
	st.mu.Unlock()
	if before == streamWaiting {
		st.srv.slots.leave(st)
		return
	}
	st.srv.start(st.srv.slots.release())
}
