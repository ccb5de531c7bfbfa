package openai

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"math"
	"time"
)

// An answer turns the body of a 2xx response into a Response.
type answer struct {
	x        *exchange
	events   events
	chunk    chunk
	tongue   tongue
	count    int  // of events
	done     bool // [DONE] came, or the event that is the last of this API
	choices  int  // seen, by their highest index
	finishes int  // of them
	usage    usage
	timings  timings

	group    int64 // id of the read that brought the last chunk
	grouped  bool  // more than one chunk came with it
	tokens   int64 // the server's count as of the last chunk
	unsteady bool  // that count is not given with every chunk

	substance bool // something that was generated came

	giveUp  func() // of the reply
	bounded bool   // of the reply
}

// read reads the body to its end. The error is an *Error or one to be explained.
func (a *answer) read(x *exchange, rep reply) error {
	*a = answer{x: x, events: a.events, tongue: x.client.tongue, giveUp: rep.giveUp, bounded: rep.bounded}
	a.events.reset(rep.body, x.client.maxLine)
	x.resp.NoTokens = a.tongue.silent
	err := a.stream()
	if err == nil {
		a.drain()
	}
	x.resp.Bytes = a.events.offset()
	a.finish()
	if err == nil && a.empty() {
		x.resp.Err = x.teller().failf(KindEmpty, "nothing was generated, though the answer ended well (%s)", cmp.Or(x.resp.FinishReason, "no reason given"))
	}
	return err
}

// empty says whether nothing came, and the server counts nothing, of what was asked for.
func (a *answer) empty() bool { return !a.substance && a.usage.output.n == 0 }

func (a *answer) stream() error {
	switch a.events.first() {
	case '{', '[':
		return a.whole()
	case '<':
		return a.foreign()
	}
	for !a.done {
		ev, err := a.events.next()
		if errors.Is(err, errForeign) {
			return a.foreign()
		}
		if err != nil {
			return a.end(err)
		}
		if err := a.event(ev); err != nil {
			return err
		}
	}
	return nil
}

// event takes one event of the stream.
func (a *answer) event(ev event) error {
	a.count++
	data := bytes.TrimSpace(ev.data)
	switch {
	case string(ev.name) == "error":
		return a.failed(KindServer, data, "%s", describe(data))
	case string(data) == "[DONE]":
		a.done = true
		a.x.resp.Done = a.x.at(ev.end).at
		return nil
	case len(data) == 0 || string(data) == "null":
		return nil
	}
	err := a.chunk.read(data, a.tongue)
	switch {
	case err == nil:
	case ev.cut: // it is half of one; why the stream ended is the error
		return nil
	case len(ev.name) > 0 && string(ev.name) != "message" && !a.tongue.named: // not for us
		return nil
	default:
		return a.failed(KindBadStream, data, "event %d of the stream is not a JSON object: %s", a.count, data)
	}
	from := a.x.at(ev.end)
	a.add(from)
	if a.chunk.last && a.chunk.failure == "" {
		a.done = true
		a.x.resp.Done = from.at
	}
	if most := a.x.client.maxChunks; len(a.x.resp.Chunks) > most {
		return a.x.teller().failf(KindBadStream, "more than %d chunks in one answer", most)
	}
	if a.chunk.failure != "" {
		return a.failed(KindServer, data, "%s", a.chunk.failure)
	}
	return nil
}

// add counts the chunk, which came with the given read.
func (a *answer) add(from arrival) {
	r, c := a.x.resp, &a.chunk
	if r.FirstChunk == 0 {
		r.FirstChunk = from.at
	}
	a.note(c)
	if !c.token() {
		return
	}
	if c.output && r.FirstOutput == 0 {
		r.FirstOutput = from.at
	}
	if r.FirstToken == 0 {
		r.FirstToken = from.at
	}
	r.LastToken = from.at
	a.x.patience.token(from.at)
	a.coalesce(from.id)
	r.Chunks = append(r.Chunks, from.at)
	a.countTokens()
	a.keep()
	if on := a.x.req.OnToken; on != nil {
		on(len(r.Chunks))
	}
}

// note takes of a chunk what has no instant.
func (a *answer) note(c *chunk) {
	a.usage.update(&c.usage)
	if c.timings.given() {
		a.timings = c.timings
	}
	a.choices = max(a.choices, c.choice+1)
	a.finishes += c.finishes
	if len(c.finish) > 0 {
		a.x.resp.FinishReason = finishReason(c.finish)
	}
	a.substance = a.substance || c.token()
}

// finished says whether every choice has its finish reason.
func (a *answer) finished() bool { return a.finishes > 0 && a.finishes >= a.choices }

// coalesce counts the chunks that share a read. It is called before the chunk is added.
func (a *answer) coalesce(id int64) {
	switch {
	case len(a.x.resp.Chunks) == 0 || id != a.group:
		a.grouped = false
	case a.grouped:
		a.x.resp.Coalesced++
	default: // this chunk and the one before it
		a.grouped = true
		a.x.resp.Coalesced += 2
	}
	a.group = id
}

// countTokens takes the tokens of a chunk from a usage that grows with each one. A server that puts zeros into
// every chunk does not count.
func (a *answer) countTokens() {
	n := a.chunk.usage.output
	grown := n.n - a.tokens
	if !n.given || grown < 0 || n.n == 0 || grown > math.MaxInt32 {
		a.unsteady = true
		return
	}
	a.tokens = n.n
	a.x.resp.ChunkTokens = append(a.x.resp.ChunkTokens, int32(grown))
}

func (a *answer) keep() {
	switch r, c := a.x.resp, &a.chunk; {
	case !a.x.client.keepText:
	case c.escaped:
		r.Text = appendUnescaped(r.Text, c.content)
	default:
		r.Text = append(r.Text, c.content...)
	}
}

// end judges the end of a stream without [DONE].
func (a *answer) end(err error) error {
	tell, r := a.x.teller(), a.x.resp
	if _, ok := errors.AsType[*lengthError](err); ok {
		return tell.failf(KindBadStream, "%v", err)
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if a.finished() {
		r.Done = a.x.lastAt()
		return nil
	}
	if a.bounded && a.events.offset() == 0 && errors.Is(err, io.EOF) {
		return tell.failf(KindEmpty, "the body has no bytes")
	}
	if a.count == 0 {
		return tell.failf(KindTruncated, "the body ended before the first event, after %d bytes", a.events.offset())
	}
	return tell.failf(KindTruncated, "the stream ended without [DONE] or a finish reason; chunks with content so far: %d", len(r.Chunks))
}

// drain reads what follows [DONE] up to the end of the body, so that the connection can be kept. Should there be much
// of it, or should the end be late, the connection is given up.
func (a *answer) drain() {
	if a.events.err != nil {
		return
	}
	defer time.AfterFunc(tailLimit, a.giveUp).Stop()
	a.events.skip(foreignText)
}

// finish stores what only the end of the stream decides.
func (a *answer) finish() {
	r := a.x.resp
	if a.unsteady {
		r.ChunkTokens = r.ChunkTokens[:0]
	}
	u := a.usage
	if u.output.n == 0 && len(r.Chunks) > 0 {
		u.output = count{} // of a server that has zeros in every chunk but the last
		if u.prompt.n == 0 {
			u.prompt = count{}
		}
	}
	if !u.cached.given {
		u.cached = a.timings.cached
	}
	r.Usage = Usage{Prompt: u.prompt.ptr(), Output: u.output.ptr(), Reasoning: u.reasoning.ptr(), Cached: u.cached.ptr()}
	if t := a.timings; t.given() {
		r.ServerTimings = &ServerTimings{QueueMS: t.queue.ptr(), PromptMS: t.prompt.ptr(), PredictedMS: t.predicted.ptr()}
	}
}

// finishReason is string(b), without an allocation for the usual ones.
func finishReason(b []byte) string {
	switch string(b) {
	case "stop":
		return "stop"
	case "length":
		return "length"
	case "tool_calls":
		return "tool_calls"
	case "completed":
		return "completed"
	case "end_turn":
		return "end_turn"
	case "max_tokens":
		return "max_tokens"
	}
	return string(b)
}
