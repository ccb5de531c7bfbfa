package openai

import (
	"bytes"
	"errors"
	"io"
	"math"
)

// A dechunker takes the chunked transfer coding out of a body, in place. It accepts what net/http accepts, with the
// same bounds on what is not data.
type dechunker struct {
	state  chunkState
	left   uint64 // bytes to come of the chunk
	line   []byte // of a size or of the trailer, as far as it came
	excess int64  // bytes that are no data, beyond those that an honest server sends
	tail   int    // bytes of the trailer
}

type chunkState uint8

const (
	chunkSize chunkState = iota
	chunkData
	chunkCR // after the data
	chunkLF
	chunkTrailer
)

// Bounds of net/http.
const (
	maxChunkLine = 4096
	maxExcess    = 16 << 10
	maxTrailer   = 8 << 10
)

var errChunk = errors.New("malformed chunked encoding")

// reset starts a body; the memory of d is kept.
func (d *dechunker) reset() {
	line := d.line[:0]
	if cap(line) > maxTrailer {
		line = nil
	}
	*d = dechunker{line: line}
}

// inTrailer says whether the last chunk has come.
func (d *dechunker) inTrailer() bool { return d.state == chunkTrailer }

// ahead is how many bytes can be read without a byte of the chunk after the one being read, or after the one that
// begins next.
func (d *dechunker) ahead() (n int, begins bool) {
	switch d.state {
	case chunkData:
		return int(min(d.left, math.MaxInt32)) + len("\r\n"), false
	case chunkCR, chunkLF:
		return int(chunkTrailer - d.state), false
	default:
		return firstOfChunk, d.state == chunkSize && len(d.line) == 0
	}
}

// firstOfChunk has the size of a chunk, and is shorter than any that has an event in it.
const firstOfChunk = 16

// decode moves the data in b to its begin and returns how much that is, and how much of b was used. At the end of the
// body the error is io.EOF.
func (d *dechunker) decode(b []byte) (n, used int, err error) {
	for used < len(b) {
		switch rest := b[used:]; d.state {
		case chunkData:
			k := int(min(d.left, uint64(len(rest))))
			copy(b[n:], rest[:k])
			n += k
			used += k
			if d.left -= uint64(k); d.left == 0 {
				d.state = chunkCR
			}
		case chunkCR, chunkLF:
			if rest[0] != "\r\n"[d.state-chunkCR] {
				return n, used, errChunk
			}
			used++
			d.state = (d.state + 1) % chunkTrailer // after LF comes a size
		default:
			line, k, whole := d.takeLine(rest)
			used += k
			if whole {
				err = d.endLine(line)
			} else {
				err = d.checkLine()
			}
			if err != nil {
				return n, used, err
			}
		}
	}
	return n, used, nil
}

// takeLine takes a line with its end from b, if that has it, and else keeps what there is of it. A line is valid until
// the next call.
func (d *dechunker) takeLine(b []byte) (line []byte, used int, whole bool) {
	end := bytes.IndexByte(b, '\n')
	switch {
	case end < 0:
		d.line = append(d.line, b...)
		return nil, len(b), false
	case len(d.line) == 0:
		return b[:end+1], end + 1, true
	}
	line = append(d.line, b[:end+1]...)
	d.line = line[:0]
	return line, end + 1, true
}

// checkLine bounds the line that has no end yet.
func (d *dechunker) checkLine() error {
	switch {
	case d.state == chunkSize && len(d.line) > maxChunkLine: // with a CR
		return errLongChunkLine
	case d.tail+len(d.line) > maxTrailer:
		return errLongTrailer
	}
	return nil
}

var (
	errLongChunkLine = errors.New("a line of the chunked encoding is too long")
	errLongTrailer   = errors.New("the trailer of a chunked body is too long")
)

func (d *dechunker) endLine(line []byte) error {
	if d.state == chunkTrailer {
		return d.endTrailerLine(line)
	}
	if cr := bytes.IndexByte(line, '\r'); cr < 0 || cr != len(line)-2 {
		return errChunk
	}
	if len(line)-2 >= maxChunkLine {
		return errLongChunkLine
	}
	size, err := chunkLength(line[:len(line)-2])
	if err != nil {
		return err
	}
	d.left, d.state = size, chunkData
	if size == 0 {
		d.state = chunkTrailer
		return nil
	}
	// A byte in a chunk of its own is honest, with five bytes around it; a long extension to each is not.
	d.excess += int64(len(line)) - 16 - 2*int64(size)
	d.excess = max(d.excess, 0)
	if d.excess > maxExcess {
		return errors.New("the chunked encoding has too much that is no data")
	}
	return nil
}

// endTrailerLine passes over a line of the trailer. What it holds is of no use here.
func (d *dechunker) endTrailerLine(line []byte) error {
	if len(bytes.TrimRight(line, "\r\n")) == 0 {
		return io.EOF
	}
	if d.tail += len(line); d.tail > maxTrailer {
		return errLongTrailer
	}
	return nil
}

// chunkLength reads the line before a chunk: a size in hex digits, maybe an extension.
func chunkLength(line []byte) (size uint64, err error) {
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		line = line[:i]
	} else {
		line = bytes.TrimRight(line, " \t")
	}
	if len(line) == 0 || len(line) > 16 {
		return 0, errChunk
	}
	for _, c := range line {
		digit, ok := hexDigit(c)
		if !ok {
			return 0, errChunk
		}
		size = size<<4 | uint64(digit)
	}
	return size, nil
}
