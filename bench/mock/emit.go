package mock

import (
	"bytes"
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
		st.conn.wire.send(st.appendEvent(nil, st.reply.expand(nil, st.ep.role)))
	}
}

// prebuild makes the pieces of the events that are all alike but for their text.
func (st *stream) prebuild() {
	if st.size.choices > 1 || st.form.continuous {
		return
	}
	st.content = st.cut(st.ep.content)
	if st.size.thought > 0 {
		st.thought = st.cut(st.ep.thought)
	}
}

func (st *stream) cut(template string) piece {
	before, after, _ := strings.Cut(template, "$text")
	f := &st.srv.framing
	return piece{
		head: f.appendHead(nil, st.reply.expand(nil, before)),
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
	p, hash := st.part(until), st.hash+uint64(i)
	from, to := st.next-p.offset, until-p.offset
	if p.prebuilt.head == nil {
		st.reply.index, st.reply.text = i, appendWords(st.reply.text[:0], hash, from, to)
		st.reply.completion = until * st.size.choices
		return st.appendEvent(dst, st.reply.expand(nil, p.template))
	}
	n := len(p.prebuilt.head) + len(p.prebuilt.tail)
	for t := from; t < to; t++ {
		n += len(word(hash, t))
	}
	dst = append(st.beginCoded(dst, n), p.prebuilt.head...)
	dst = appendWords(dst, hash, from, to)
	return st.endCoded(append(dst, p.prebuilt.tail...))
}

// appendEnding appends the events after the last content and the end of the body.
func (st *stream) appendEnding(dst []byte) []byte {
	st.settle()
	if !st.finishesInContent() {
		finish := st.ep.finish
		if st.form.usage && st.ep.ending != "" {
			finish = st.ep.ending
		}
		for i := range st.size.choices {
			st.reply.index = i
			dst = st.appendEvent(dst, st.reply.expand(nil, finish))
		}
	}
	if st.form.usage && st.ep.usage != "" {
		dst = st.appendEvent(dst, st.reply.expand(nil, st.ep.usage))
	}
	if !st.srv.cfg.quirk(QuirkNoDone) {
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
	body := st.srv.dialect.refusals[inStream].body
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

func (st *stream) appendEvent(dst, data []byte) []byte {
	return st.appendCoded(dst, st.srv.framing.appendEvent(nil, data))
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
