package validate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
)

// A line is one line of the input.
type line struct {
	text  []byte // without its line feed; valid until the next line is asked for
	ended bool   // a line feed follows
	extra int64  // bytes beyond the limit, which were read over: text is only the start
}

// lines splits a reader into lines and hashes what it reads. It holds one line, of
// at most max bytes, and what is read ahead.
type lines struct {
	ctx  context.Context
	r    io.Reader
	hash hash.Hash
	max  int

	buf        []byte
	start, end int // of what is not used yet
	err        error
}

const minBuffer = 256 << 10

func newLines(ctx context.Context, r io.Reader, limit int) *lines {
	return &lines{ctx: ctx, r: r, hash: sha256.New(), max: limit, buf: make([]byte, minBuffer)}
}

// peek returns the first bytes of the input, which stay unread.
func (l *lines) peek(n int) []byte {
	for l.end-l.start < n && l.err == nil {
		l.fill()
	}
	return l.buf[l.start:min(l.end, l.start+n)]
}

// next returns the next line, or io.EOF after the last. A line that a read error
// cuts short is not returned.
func (l *lines) next() (line, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(l.buf[l.start+searched:l.end], '\n'); i >= 0 {
			text := l.buf[l.start : l.start+searched+i]
			l.start += len(text) + 1
			return l.limit(line{text: text, ended: true}), nil
		}
		searched = l.end - l.start
		if searched > l.max {
			return l.skip()
		}
		if l.err == nil {
			l.fill()
			continue
		}
		if !errors.Is(l.err, io.EOF) || searched == 0 {
			return line{}, l.err
		}
		text := l.buf[l.start:l.end]
		l.start = l.end
		return l.limit(line{text: text}), nil
	}
}

func (l *lines) limit(ln line) line {
	if n := len(ln.text) - l.max; n > 0 {
		ln.text, ln.extra = ln.text[:l.max], int64(n)
	}
	return ln
}

// skip returns a line that is longer than the limit, having read over the rest of it.
func (l *lines) skip() (line, error) {
	head := l.buf[l.start:min(l.end, l.start+excerptBytes)]
	ln := line{text: bytes.Clone(head), extra: -int64(l.max)}
	for {
		if i := bytes.IndexByte(l.buf[l.start:l.end], '\n'); i >= 0 {
			l.start += i + 1
			ln.extra += int64(i)
			ln.ended = true
			return ln, nil
		}
		ln.extra += int64(l.end - l.start)
		l.start, l.end = 0, 0
		switch {
		case errors.Is(l.err, io.EOF):
			return ln, nil
		case l.err != nil:
			return line{}, l.err
		}
		l.fill()
	}
}

// fill reads once, making room before.
func (l *lines) fill() {
	if l.start > 0 {
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
	}
	if l.end == len(l.buf) {
		l.buf = append(l.buf, make([]byte, min(len(l.buf), l.max+minBuffer))...)
	}
	for range 100 {
		if l.ctx.Err() != nil {
			l.err = context.Cause(l.ctx)
			return
		}
		n, err := l.r.Read(l.buf[l.end:])
		l.hash.Write(l.buf[l.end : l.end+n])
		l.end += n
		l.err = err
		if n > 0 || err != nil {
			return
		}
	}
	l.err = io.ErrNoProgress
}

// sum returns the SHA-256 of everything read, in hexadecimal.
func (l *lines) sum() string { return hex.EncodeToString(l.hash.Sum(nil)) }
