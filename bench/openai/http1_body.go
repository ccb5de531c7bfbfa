package openai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// An http1Body is the response to the request of an exchange, read from its line: first the head, then, as an io.Reader,
// the body. It reads the socket into the memory of its caller and takes the transfer coding out there.
type http1Body struct {
	engine *http1
	x      *exchange
	stop   func() bool // lets the context go; false when it has ended the line
	early  []byte      // what came with the head, still coded
	ended  int64       // when the end of the chunk before this came
	burst  int         // chunks up to that one that came right after, or with, the one before
	framing
	chunks dechunker
	left   int64 // of a body of known length
	extra  bool  // something came after the body
	err    error // of every further read
}

// maxHead bounds the heads of a response, its interim ones included, in bytes.
const (
	maxHead   = 256 << 10
	firstHead = 2 << 10
	keepHead  = 16 << 10 // a larger buffer is not kept
	lateHead  = 192      // of a late read: not much more than the shortest there are
)

func (b *http1Body) begin(engine *http1, x *exchange, stop func() bool) {
	b.chunks.reset()
	*b = http1Body{engine: engine, x: x, stop: stop, chunks: b.chunks}
}

// readHead reads up to the end of the final head.
func (b *http1Body) readHead() (head responseHead, err error) {
	buf := b.x.in[:0]
	if cap(buf) == 0 || cap(buf) > keepHead {
		buf = make([]byte, 0, firstHead)
	}
	defer func() { b.x.in = buf[:0] }()
	for interim := 0; ; {
		var end int
		if buf, end, err = b.readOneHead(buf, maxHead-interim); err != nil {
			return head, err
		}
		if head, err = parseHead(buf[:end]); err != nil {
			return head, err
		}
		if !head.interim() {
			b.x.log.head = b.x.log.last.at
			b.framing, b.left, b.early = head.framing, head.length, buf[end:]
			return head, nil
		}
		interim += end
		buf = buf[:copy(buf, buf[end:])]
	}
}

// readOneHead reads on until buf begins with a whole head, and returns the length of that.
func (b *http1Body) readOneHead(buf []byte, limit int) ([]byte, int, error) {
	for seen := 0; ; {
		if end := headEnd(buf, seen); end > 0 {
			return buf, end, nil
		}
		if err := refuseEarly(buf); err != nil {
			return buf, 0, err
		}
		if len(buf) > limit {
			return buf, 0, fmt.Errorf("its header is longer than %d bytes", maxHead)
		}
		seen = len(buf)
		buf = slices.Grow(buf, 1)
		room := buf[len(buf):cap(buf)]
		if b.late() {
			room = room[:min(len(room), lateHead)]
		}
		n, err := b.receive(room)
		if buf = buf[:len(buf)+n]; n == 0 && err != nil {
			return buf, 0, b.cutHead(buf, err)
		}
	}
}

// cutHead is the error of a head that ended with err. That it is not whole is no fault in what there is of it.
func (b *http1Body) cutHead(buf []byte, err error) error {
	if !errors.Is(err, io.EOF) || len(buf) == 0 {
		return err
	}
	lines := buf[:bytes.LastIndexByte(buf, '\n')+1]
	if len(lines) == 0 && (strings.HasPrefix(statusLine, string(buf)) || bytes.HasPrefix(buf, []byte(statusLine))) {
		return io.ErrUnexpectedEOF
	}
	if len(lines) == 0 {
		lines = buf
	}
	if _, err := parseHead(append(bytes.Clone(lines), "\r\n"...)); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}

// receive reads the socket once.
func (b *http1Body) receive(p []byte) (int, error) {
	c := b.x.conn
	n, err := c.Conn.Read(p)
	if n > 0 {
		s := c.sock.stamp()
		b.x.log.arrive(n, s)
		c.late.note(s)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) { // set when the request could not be written, and then only
		<-b.x.upload.sent
		err = b.x.upload.err
	}
	return n, err
}

// Read implements io.Reader. What it returns of one read of the socket it returns at once.
func (b *http1Body) Read(p []byte) (n int, err error) {
	for n == 0 && b.err == nil {
		var coded int
		coded, err = b.next(p)
		n = b.decode(p[:coded])
		b.x.log.decoded(n)
		if err != nil && b.err == nil {
			b.err = b.cut(err)
		}
	}
	return n, b.err
}

// next takes coded bytes of the body.
func (b *http1Body) next(p []byte) (int, error) {
	if len(b.early) > 0 {
		n := copy(p, b.early)
		b.early = b.early[n:]
		return n, nil
	}
	if b.kind == bodyNone || b.kind == bodyLength && b.left == 0 {
		return 0, nil
	}
	if b.kind == bodyChunked && b.late() {
		p = b.portion(p)
	}
	return b.receive(p)
}

// late says whether there may be more to read than has one time.
func (b *http1Body) late() bool {
	return b.x.conn.late.since(max(b.x.log.sent, b.x.log.last.now))
}

// portion is as much of p as a read may fill without going on to the next chunk, which another segment may have
// brought. It is all of p where the last chunks came together: the server sends several at a time.
func (b *http1Body) portion(p []byte) []byte {
	n, begins := b.chunks.ahead()
	if begins && b.together() {
		return p
	}
	return p[:min(len(p), n)]
}

// together says whether the chunk that has just been read ends a burst. One that came with another may yet be a role and
// the first token.
func (b *http1Body) together() bool {
	at := b.x.log.last.at
	b.burst++
	if at-b.ended >= int64(atOnce) {
		b.burst = 0
	}
	b.ended = at
	return b.burst > 1
}

// atOnce is less than the time between two tokens that a server sends one by one.
const atOnce = 50 * time.Microsecond

// decode takes the coding out of p in place, and sets b.err at the end of the body.
func (b *http1Body) decode(p []byte) (n int) {
	switch b.kind {
	case bodyChunked:
		var used int
		n, used, b.err = b.chunks.decode(p)
		b.extra = b.extra || used < len(p)
	case bodyLength:
		n = int(min(b.left, int64(len(p))))
		b.left -= int64(n)
		b.extra = n < len(p)
		if b.left == 0 {
			b.err = io.EOF
		}
	case bodyToEnd:
		n = len(p)
	default:
		b.extra, b.err = len(p) > 0, io.EOF
	}
	return n
}

// cut is the error of a body whose connection ended with err before it did.
func (b *http1Body) cut(err error) error {
	switch {
	case !errors.Is(err, io.EOF) || b.kind == bodyToEnd:
		return err
	case b.kind == bodyChunked && b.chunks.inTrailer():
		return errTrailerCut
	}
	return io.ErrUnexpectedEOF
}

var errTrailerCut = errors.New("unexpected end in the trailer of a chunked body")

// Close lets the line go: to be used again if both sides are done with the exchange, and agree where it ends.
func (b *http1Body) Close() error {
	l := b.x.line
	whole := errors.Is(b.err, io.EOF) && !b.extra && len(b.early) == 0
	if b.stop() && whole && b.keep && b.x.upload.done() {
		b.engine.idle.put(l)
	} else {
		l.abort()
	}
	return nil
}

// headEnd is the length of the head that buf begins with, or 0 if its end is not there; the first seen bytes were
// searched before.
func headEnd(buf []byte, seen int) int {
	for i := max(0, seen-2); ; {
		n := bytes.IndexByte(buf[i:], '\n')
		if n < 0 {
			return 0
		}
		i += n + 1
		switch rest := buf[i:]; {
		case len(rest) > 0 && rest[0] == '\n':
			return i + 1
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return i + 2
		}
	}
}
