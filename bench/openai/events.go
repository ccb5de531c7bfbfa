package openai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An event is a server-sent event that has data.
type event struct {
	name []byte // of the type; nil when the stream gives none
	data []byte // the data lines, joined by LF
	end  int64  // offset in the stream after the last data line
	cut  bool   // the stream ended before the blank line that ends the event
}

// errForeign: what the server sends is no event stream. events.rest has it.
var errForeign = errors.New("not an event stream")

// A lengthError is an event, or a whole reply, over the limit.
type lengthError struct{ limit int }

func (e *lengthError) Error() string {
	return fmt.Sprintf("an event of the stream is longer than %d bytes; no token is that long", e.limit)
}

// events splits a stream into server-sent events. Lines end with LF, CRLF or CR. It allocates nothing once its buffer
// has its size.
type events struct {
	src  io.Reader
	max  int // longest event
	buf  []byte
	base int64 // offset in the stream of buf[0]
	err  error // of src; buf[:fill] is still to be used
	any  bool  // a line that only an event stream has was seen
	cr   bool  // the line before ended with CR: an LF that follows belongs to its end

	// Indexes into buf: the event being read starts at start, its current line at line; before scan, that line
	// has no end; what was read ends at fill.
	start, line, scan, fill int

	// Of the event being read. Spans count from start, as buf moves.
	name, data span
	lines      int    // of data
	joined     []byte // the data of more than one line
	end        int64
}

type span struct{ from, to int }

const (
	firstBuffer = 16 << 10
	keepBuffer  = 1 << 20 // a larger buffer is not kept for the next stream
)

// reset starts a stream.
func (s *events) reset(src io.Reader, limit int) {
	buf, joined := s.buf, s.joined
	if len(buf) > keepBuffer {
		buf = nil
	}
	if cap(joined) > keepBuffer {
		joined = nil
	}
	if buf == nil {
		buf = make([]byte, min(firstBuffer, limit+1))
	}
	*s = events{src: src, max: limit, buf: buf, joined: joined[:0]}
}

// offset is the number of bytes read from the stream.
func (s *events) offset() int64 { return s.base + int64(s.fill) }

// next returns the next event, valid until the next call. After the last one it returns the error of the source:
// io.EOF at a proper end.
func (s *events) next() (event, error) {
	s.begin()
	for {
		line, ok := s.nextLine()
		switch {
		case !ok && s.err == nil:
			s.more()
		case !ok:
			return s.last()
		case s.line-s.start > s.max:
			s.tooLong()
		case len(line) == 0 && s.lines > 0:
			return s.event(), nil
		case !s.field(line):
			return event{}, errForeign
		case s.lines == 0 && len(s.nameBytes()) == 0:
			s.begin() // nothing of the event so far must be kept
		case len(line) == 0:
			s.begin() // an event without data is none
		}
	}
}

func (s *events) begin() {
	s.start, s.lines = s.line, 0
	s.name, s.data = span{}, span{}
}

// last takes what stands unfinished at the end of the stream. Whether its last line is whole only the reader of the
// data can tell.
func (s *events) last() (event, error) {
	if s.line < s.fill {
		line := s.buf[s.line:s.fill]
		s.line = s.fill
		if !s.field(line) && !startsField(line) {
			s.line = s.start
			return event{}, errForeign
		}
	}
	if s.lines == 0 {
		return event{}, s.err
	}
	ev := s.event()
	ev.cut = true
	s.lines = 0
	return ev, nil
}

// startsField says whether a line that was cut may have been going to be a field.
func startsField(line []byte) bool {
	for _, name := range []string{"data", "event", "id", "retry"} {
		if strings.HasPrefix(name, string(line)) {
			return true
		}
	}
	return false
}

// field takes a line of the event. It is false for a line that no event stream has, unless other lines have
// already shown that this is one.
func (s *events) field(line []byte) bool {
	if s.base == 0 && s.start == 0 && s.lines == 0 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	name, value, _ := bytes.Cut(line, []byte{':'})
	value = bytes.TrimPrefix(value, []byte{' '})
	switch string(name) {
	case "data":
		s.dataLine(value)
	case "event":
		s.name = s.spanOf(value)
	case "", "id", "retry": // the empty name is a comment or a blank line
		if len(line) == 0 {
			return true
		}
	default:
		if !s.any {
			s.line = s.start
		}
		return s.any
	}
	s.any = true
	return true
}

func (s *events) dataLine(value []byte) {
	switch s.lines {
	case 0:
		s.data = s.spanOf(value)
	case 1:
		s.joined = append(s.joined[:0], s.bytes(s.data)...)
		fallthrough
	default:
		s.joined = append(s.joined, '\n')
		s.joined = append(s.joined, value...)
	}
	s.lines++
	s.end = s.base + int64(s.line)
}

// event is the event read so far.
func (s *events) event() event {
	ev := event{name: s.nameBytes(), data: s.bytes(s.data), end: s.end}
	if s.lines > 1 {
		ev.data = s.joined
	}
	return ev
}

func (s *events) nameBytes() []byte { return s.bytes(s.name) }

func (s *events) bytes(p span) []byte { return s.buf[s.start+p.from : s.start+p.to] }

// spanOf locates part, a slice of the buffer: what its capacity lacks is what lies before it.
func (s *events) spanOf(part []byte) span {
	if len(part) == 0 {
		return span{}
	}
	from := cap(s.buf) - cap(part) - s.start
	return span{from, from + len(part)}
}

// more reads on, making room first. It sets s.err at the end and when the event is over the limit.
func (s *events) more() {
	if s.fill-s.start > s.max {
		s.tooLong()
		return
	}
	s.room()
	for range 100 {
		n, err := s.src.Read(s.buf[s.fill:])
		s.fill += n
		s.err = err
		if n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

func (s *events) tooLong() {
	s.err = &lengthError{s.max}
	s.line, s.scan, s.lines = s.fill, s.fill, 0
}

// room moves the event being read to the start of the buffer when there is less than a quarter left behind it, and
// doubles the buffer when that does not help.
func (s *events) room() {
	scarce := func() bool { return len(s.buf)-s.fill < len(s.buf)/4 }
	if s.start > 0 && (s.start == s.fill || scarce()) {
		copy(s.buf, s.buf[s.start:s.fill])
		s.base += int64(s.start)
		s.line, s.scan, s.fill = s.line-s.start, s.scan-s.start, s.fill-s.start
		s.start = 0
	}
	if scarce() && len(s.buf) <= s.max {
		bigger := make([]byte, min(2*len(s.buf), s.max+1))
		copy(bigger, s.buf[:s.fill])
		s.buf = bigger
	}
}

// first returns the first byte of the stream that is no white space, without consuming anything, or 0 if there is
// none.
func (s *events) first() byte {
	for {
		head := bytes.TrimPrefix(s.buf[s.start:s.fill], []byte("\ufeff"))
		if head = bytes.TrimLeft(head, " \t\r\n"); len(head) > 0 && (head[0] != '\xef' || len(head) > 2) {
			return head[0]
		}
		if s.err != nil {
			return 0
		}
		s.more()
	}
}

// rest returns what has not been returned of the stream, valid until the next call; of a longer rest, limit bytes.
func (s *events) rest(limit int) []byte {
	for s.err == nil && s.fill-s.start < limit {
		s.more()
	}
	return s.buf[s.start:min(s.fill, s.start+limit)]
}

// skip reads on and drops what it reads, up to about limit bytes.
func (s *events) skip(limit int64) {
	for end := s.offset() + limit; s.err == nil && s.offset() < end; {
		s.start, s.line, s.scan = s.fill, s.fill, s.fill
		s.more()
	}
}
