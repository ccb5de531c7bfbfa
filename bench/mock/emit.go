package mock

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
)

// What follows puts a stream into bytes. st.mu is held throughout; all but sendHeader and prebuild run on the
// agenda's goroutine.

// sendHeader sends the response header and, where it comes early, the role event.
func (st *stream) sendHeader() {
	st.sent.HeaderNS = time.Now().UnixNano()
	st.conn.wire.send(st.srv.streamHeader(st.form))
	if st.ep.early {
		st.sendOpening()
	}
}

// open sends what precedes the first content.
func (st *stream) open() {
	if st.srv.dialect.headerAtFirst {
		st.sendHeader()
	}
	if !st.ep.early {
		st.sendOpening()
	}
}

func (st *stream) sendOpening() {
	if st.srv.cfg.quirk(QuirkNullEvent) {
		st.conn.wire.send(st.appendEvent(nil, []byte("null")))
	}
	if st.ep.role == "" {
		return
	}
	for i := range st.size.choices {
		st.reply.index = i
		st.conn.wire.send(st.appendEvents(nil, st.ep.role))
	}
}

// prebuild makes the pieces of the events that are all alike but for their text.
func (st *stream) prebuild() {
	if st.size.choices > 1 || st.form.continuous {
		return
	}
	if st.size.thought > 0 {
		st.thought = st.cut(st.ep.thought)
		st.reply.block = 1
	}
	st.content = st.cut(st.ep.content)
	st.reply.block = 0
}

func (st *stream) cut(template string) piece {
	before, after, _ := strings.Cut(template, "$text")
	f := &st.srv.framing
	head := st.reply.expand(nil, before)
	var name []byte
	if st.ep.named {
		name = f.appendName(nil, head)
	}
	return piece{
		head: f.appendHead(name, head),
		tail: f.appendEnd(st.reply.expand(nil, after)),
	}
}

// part is one of the two halves of an answer.
type part struct {
	template string
	prebuilt piece
	offset   int // of its first token in the answer; its text begins anew there
}

// part returns the one that token next is of. Its last chunk may need another event than the rest.
func (st *stream) part(until int) part {
	switch {
	case st.next < st.size.thought:
		return part{st.ep.thought, st.thought, 0}
	case until == st.size.tokens && st.finishesInContent():
		return part{st.ep.last, piece{}, st.size.thought}
	}
	return part{st.ep.content, st.content, st.size.thought}
}

// finishesInContent says that the last content event carries the finish reason.
func (st *stream) finishesInContent() bool {
	return st.ep.last != "" && st.reply.finish == "length" && st.size.thought < st.size.tokens
}

// appendChunk appends the event with tokens next up to until of choice i.
func (st *stream) appendChunk(dst []byte, i, until int) []byte {
	if st.srv.pings && st.next/st.srv.cfg.TokensPerChunk%4 == 3 {
		dst = st.appendCoded(dst, []byte(": ping"+st.srv.framing.eol+st.srv.framing.eol))
	}
	dst = st.appendStart(dst)
	p, hash := st.part(until), st.hash+uint64(i)
	from, to := st.next-p.offset, until-p.offset
	if p.prebuilt.head == nil {
		st.reply.index, st.reply.text = i, appendWords(st.reply.text[:0], hash, from, to)
		st.reply.completion = until * st.size.choices
		return st.appendEvents(dst, p.template)
	}
	n := len(p.prebuilt.head) + len(p.prebuilt.tail)
	for t := from; t < to; t++ {
		n += len(word(hash, t))
	}
	dst = append(st.beginCoded(dst, n), p.prebuilt.head...)
	dst = appendWords(dst, hash, from, to)
	return st.endCoded(append(dst, p.prebuilt.tail...))
}

// appendStart appends the events before the first token of a part.
func (st *stream) appendStart(dst []byte) []byte {
	switch {
	case st.next == 0 && st.size.thought > 0:
		dst = st.appendEvents(dst, st.ep.thoughtStart)
	case st.next == st.size.thought && st.size.thought > 0:
		dst = st.appendEvents(dst, st.ep.thoughtEnd)
		st.reply.block = 1
		dst = st.appendEvents(dst, st.ep.textStart)
	case st.next == 0:
		dst = st.appendEvents(dst, st.ep.textStart)
	}
	return dst
}

// appendStop appends the events after the last token of an answer.
func (st *stream) appendStop(dst []byte) []byte {
	if !st.ep.named {
		return dst
	}
	st.reply.reasoning = appendWords(nil, st.hash, 0, st.size.thought)
	st.reply.text = appendWords(nil, st.hash, 0, st.size.tokens-st.size.thought)
	switch {
	case st.size.tokens > st.size.thought:
		dst = st.appendEvents(dst, st.ep.textEnd)
	case st.size.thought > 0:
		dst = st.appendEvents(dst, st.ep.thoughtEnd)
	}
	return dst
}

// appendEnding appends the events after the last content and the end of the body.
func (st *stream) appendEnding(dst []byte) []byte {
	st.settle()
	dst = st.appendStop(dst)
	if !st.finishesInContent() {
		finish := st.ep.finish
		if st.form.usage && st.ep.ending != "" {
			finish = st.ep.ending
		}
		for i := range st.size.choices {
			st.reply.index = i
			dst = st.appendEvents(dst, finish)
		}
	}
	if st.form.usage && st.ep.usage != "" {
		dst = st.appendEvent(dst, st.reply.expand(nil, st.ep.usage))
	}
	if !st.srv.cfg.quirk(QuirkNoDone) && !st.ep.named {
		dst = st.appendDone(dst)
	}
	return st.appendEnd(dst)
}

func (st *stream) appendDone(dst []byte) []byte {
	event := st.srv.framing.appendEvent(nil, []byte("[DONE]"))
	if st.srv.cfg.quirk(QuirkNoFinalBlank) {
		event = bytes.TrimRight(event, "\r\n")
	}
	return st.appendCoded(dst, event)
}

// appendErrorEvent ends the stream with an error in place of the rest.
func (st *stream) appendErrorEvent(dst []byte) []byte {
	st.reply.code = st.srv.cfg.Failures.Status
	body := cmp.Or(st.ep.fault, st.srv.dialect.refusals[inStream].body)
	return st.appendEnd(st.appendEvent(dst, st.reply.expand(nil, body)))
}

// settle sets the final counts and times.
func (st *stream) settle() {
	st.reply.index = 0
	st.reply.completion = st.size.tokens * st.size.choices
	st.reply.thought = st.size.thought * st.size.choices
	now := st.srv.agenda.since(time.Now())
	if st.first == 0 {
		st.first = now
	}
	st.reply.timings = timings{prompt: time.Duration(st.first - st.start), predicted: time.Duration(now - st.first)}
}

// appendEvents appends those of a template.
func (st *stream) appendEvents(dst []byte, template string) []byte {
	if template == "" {
		return dst
	}
	for line := range strings.SplitSeq(template, "\n") {
		dst = st.appendEvent(dst, st.reply.expand(nil, line))
	}
	return dst
}

func (st *stream) appendEvent(dst, data []byte) []byte {
	var event []byte
	if st.ep.named {
		event = st.srv.framing.appendName(nil, data)
	}
	return st.appendCoded(dst, st.srv.framing.appendEvent(event, data))
}

func (st *stream) appendCoded(dst, b []byte) []byte {
	dst = slices.Grow(dst, len(b)+16)
	return st.endCoded(append(st.beginCoded(dst, len(b)), b...))
}

func (st *stream) beginCoded(dst []byte, n int) []byte {
	if st.form.http10 {
		return dst
	}
	return appendSize(dst, n)
}

func (st *stream) endCoded(dst []byte) []byte {
	if st.form.http10 {
		return dst
	}
	return appendSizeEnd(dst)
}

func (st *stream) appendEnd(dst []byte) []byte {
	if st.form.http10 {
		return dst
	}
	return append(dst, lastChunk...)
}
