package openai

import "bytes"

// A framer follows the bytes of one HTTP/1.1 response on the wire and tells how many of them are body. It checks
// nothing: whoever reads the response does; on bytes that are no HTTP it merely stops counting.
//
// It exists because a reader above a buffer cannot tell which read of the socket brought the bytes it returns:
// one read may bring many chunks, and one call for body bytes may consume several reads.
type framer struct {
	state   frameState
	started bool // past the status line
	interim bool // the head is that of a 1xx response: another head follows
	old     bool // HTTP/1.0, which has no chunks
	chunked bool
	line    [40]byte // begin of the head line, without white space, in lower case
	n       int      // bytes of line
	left    uint64   // bytes to come of the chunk, or its size so far
}

type frameState uint8

const (
	inHead frameState = iota
	inSize
	inExtension
	inChunk
	inChunkEnd
	inTrailer
	inBody // not chunked: everything is body
	inDoubt
)

// headDone says whether the head of the final response is complete.
func (f *framer) headDone() bool { return f.state != inHead }

// feed follows b and returns the number of body bytes in it.
func (f *framer) feed(b []byte) (body int64) {
	for len(b) > 0 {
		used := 1
		switch f.state {
		case inHead:
			used = f.head(b)
		case inSize:
			f.size(b[0])
		case inExtension:
			if b[0] == '\n' {
				f.sizeDone()
			}
		case inChunk:
			used = int(min(f.left, uint64(len(b))))
			body += int64(used)
			if f.left -= uint64(used); f.left == 0 {
				f.state = inChunkEnd
			}
		case inChunkEnd:
			f.chunkEnd(b[0])
		case inBody:
			return body + int64(len(b))
		case inTrailer, inDoubt:
			return body
		}
		b = b[used:]
	}
	return body
}

// head takes bytes of a head line, at most to its end.
func (f *framer) head(b []byte) (used int) {
	end := bytes.IndexByte(b, '\n')
	part := b
	if end >= 0 {
		part = b[:end]
	}
	for _, c := range part {
		switch {
		case f.n == len(f.line):
		case c == '\r' || (c == ' ' || c == '\t') && f.spaced():
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
			fallthrough
		default:
			f.line[f.n] = c
			f.n++
		}
	}
	if end < 0 {
		return len(b)
	}
	f.headLine(f.line[:f.n])
	f.n = 0
	return end + 1
}

// spaced reports whether a space at this place of a line means nothing: in the status line, and behind the colon of a
// header. Before a colon it makes another name of the header's.
func (f *framer) spaced() bool { return !f.started || bytes.IndexByte(f.line[:f.n], ':') >= 0 }

func (f *framer) headLine(line []byte) {
	switch {
	case !f.started:
		f.started = true
		status := bytes.TrimPrefix(line, []byte("http/1."))
		f.old = bytes.HasPrefix(status, []byte{'0'})
		f.interim = len(status) > 3 && status[1] == '1' && string(status[1:4]) != "101" // which is final
	case len(line) == 0 && f.interim:
		*f = framer{}
	case len(line) == 0 && f.chunked:
		f.state = inSize
	case len(line) == 0:
		f.state = inBody
	case bytes.HasPrefix(line, []byte("transfer-encoding:")):
		f.chunked = !f.old && bytes.Contains(line, []byte("chunked"))
	}
}

func (f *framer) size(c byte) {
	switch {
	case '0' <= c && c <= '9':
		f.left = f.left<<4 | uint64(c-'0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		f.left = f.left<<4 | uint64(c|0x20-'a'+10)
	case c == ';' || c == ' ' || c == '\t':
		f.state = inExtension
	case c == '\r':
	case c == '\n':
		f.sizeDone()
	default:
		f.state = inDoubt
	}
}

func (f *framer) sizeDone() {
	f.state = inChunk
	if f.left == 0 {
		f.state = inTrailer
	}
}

func (f *framer) chunkEnd(c byte) {
	switch c {
	case '\r':
	case '\n':
		f.state = inSize
	default:
		f.state = inDoubt
	}
}
