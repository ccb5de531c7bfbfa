package openai

import (
	"bytes"
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
	count    int  // of events
	done     bool // [DONE] came
	finished bool // a finish reason came
	usage    usage
	timings  timings

	group    int64 // id of the read that brought the last chunk
	grouped  bool  // more than one chunk came with it
	tokens   int64 // the server's count as of the last chunk
	unsteady bool  // that count is not given with every chunk

	giveUp func() // of the reply
}

// read reads the body to its end. The error is an *Error or one to be explained.
func (a *answer) read(x *exchange, rep reply) error {
	*a = answer{x: x, events: a.events, giveUp: rep.giveUp}
	a.events.reset(rep.body, x.client.maxLine)
	err := a.stream()
	if err == nil {
		a.drain()
	}
	x.resp.Bytes = a.events.offset()
	a.finish()
	return err
}

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
		return a.x.client.failf(KindServer, "%s", describe(data))
	case string(data) == "[DONE]":
		a.done = true
		a.x.resp.Done = a.x.at(ev.end).at
		return nil
	case len(data) == 0 || string(data) == "null":
		return nil
	}
	err := a.chunk.read(data)
	switch {
	case err == nil:
	case ev.cut: // it is half of one; why the stream ended is the error
		return nil
	case len(ev.name) > 0 && string(ev.name) != "message": // not for us
		return nil
	default:
		return a.x.client.failf(KindBadStream, "event %d of the stream is not a JSON object: %s", a.count, data)
	}
	a.add(a.x.at(ev.end))
	if most := a.x.client.maxChunks; len(a.x.resp.Chunks) > most {
		return a.x.client.failf(KindBadStream, "more than %d chunks in one answer", most)
	}
	if a.chunk.failure != "" {
		return a.x.client.failf(KindServer, "%s", a.chunk.failure)
	}
	return nil
}

// add counts the chunk, which came with the given read.
func (a *answer) add(from arrival) {
	r, c := a.x.resp, &a.chunk
	if r.FirstChunk == 0 {
		r.FirstChunk = from.at
	}
	if c.usage.given() {
		a.usage = c.usage
	}
	if c.timings.given {
		a.timings = c.timings
	}
	if len(c.finish) > 0 {
		a.finished = true
		r.FinishReason = finishReason(c.finish)
	}
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
	a.coalesce(from.id)
	r.Chunks = append(r.Chunks, from.at)
	a.countTokens()
	a.keep()
}

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

// whole takes a reply that is one JSON value: servers that cannot stream, or refuse late, send it.
func (a *answer) whole() error {
	client := a.x.client
	data := a.events.rest(client.maxLine)
	switch err := a.events.err; {
	case err == nil:
		return a.end(&lengthError{client.maxLine})
	case !errors.Is(err, io.EOF):
		return a.end(err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := decode(data, &a.chunk); err != nil || a.chunk.failure == "" && !a.chunk.choices {
		return client.failf(KindBadStream, "neither an event stream nor a completion: %s", describe(data))
	}
	a.count++
	if a.chunk.failure != "" {
		return client.failf(KindServer, "%s", a.chunk.failure)
	}
	a.add(a.x.at(a.events.offset()))
	a.x.resp.Done = a.x.lastAt()
	return nil
}

// foreign is the error of a body that is no event stream.
func (a *answer) foreign() error {
	defer time.AfterFunc(tailLimit, a.giveUp).Stop()
	return a.x.client.failf(KindBadStream, "not an event stream: %s", describe(a.events.rest(foreignText)))
}

// foreignText is how much is read of what is no event stream, in bytes.
const foreignText = 8 << 10

// end judges the end of a stream without [DONE].
func (a *answer) end(err error) error {
	client, r := a.x.client, a.x.resp
	if _, ok := errors.AsType[*lengthError](err); ok {
		return client.failf(KindBadStream, "%v", err)
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if a.finished {
		r.Done = a.x.lastAt()
		return nil
	}
	if a.count == 0 {
		return client.failf(KindTruncated, "the body ended before the first event, after %d bytes", a.events.offset())
	}
	return client.failf(KindTruncated, "the stream ended without [DONE] or a finish reason; chunks with content so far: %d", len(r.Chunks))
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
	r.Usage = Usage{Prompt: u.prompt.ptr(), Output: u.output.ptr(), Reasoning: u.reasoning.ptr(), Cached: u.cached.ptr()}
	if a.timings.given {
		r.ServerTimings = &ServerTimings{PromptMS: a.timings.promptMS, PredictedMS: a.timings.predictedMS}
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
	}
	return string(b)
}
