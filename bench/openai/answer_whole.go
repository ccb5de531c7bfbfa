package openai

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// whole takes a reply that is one JSON value: what was not to be streamed, or comes from a server that cannot, or
// refuses late. Of its tokens only the count is known: no instant of any is made up.
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
	if err := a.chunk.read(data, a.tongue); err != nil || a.chunk.failure == "" && !a.chunk.answer {
		return a.failed(KindBadStream, data, "neither an event stream nor an answer of this endpoint: %s", describe(data))
	}
	a.count++
	if a.chunk.failure != "" {
		return a.failed(KindServer, data, "%s", a.chunk.failure)
	}
	a.note(&a.chunk)
	a.keep()
	a.x.resp.Done = a.x.lastAt()
	return nil
}

// foreign is the error of a body that is no event stream.
func (a *answer) foreign() error {
	defer time.AfterFunc(tailLimit, a.giveUp).Stop()
	text := a.events.rest(foreignText)
	return a.failed(KindBadStream, text, "not an event stream: %s", describe(text))
}

// foreignText is how much is read of what is no event stream, in bytes.
const foreignText = 8 << 10

// failed is the error of an answer that is none, or says that it failed, and keeps its text.
func (a *answer) failed(kind Kind, text []byte, format string, args ...any) *Error {
	a.x.keepError(text)
	return a.x.teller().failf(kind, format, args...)
}
