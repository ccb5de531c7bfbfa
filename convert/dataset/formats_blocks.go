package dataset

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"
)

const (
	// maxRowBytes bounds a row as it is written: a line, a record, an element.
	maxRowBytes = 64 << 20
	firstBlock  = 256 << 10 // bytes of the first block of a text, about
	blockBytes  = 1 << 20   // of the others
	// largeBlock is the size from which on a block is done with before the next is read: rows of that size must not be in
	// memory several times.
	largeBlock = 16 << 20
)

// A block is a piece of a text that begins where a row does. It ends so too, unless it is the last or has a row in it that
// is too long.
type block struct {
	text  []byte
	first bool
	last  bool // nothing follows
}

// blocks cuts a text into blocks.
type blocks struct {
	r      io.Reader
	cut    func(text []byte, first bool) int // returns where the last whole row of a text ends, 0 when none does
	rest   []byte                            // that was read behind the last block
	size   int                               // of the next block, about
	end    error                             // that reading ended with
	begun  bool
	done   bool // the last block was read
	marked bool // the text began with a byte order mark, which is in no block
}

func newBlocks(r io.Reader, cut func(text []byte, first bool) int) *blocks {
	return &blocks{r: r, cut: cut, size: firstBlock}
}

// next reads a block into b, whose memory it reuses. It returns io.EOF after the last, and an error of reading once all
// rows before it were in blocks, placed by the lines after those.
func (s *blocks) next(b *block) error {
	if s.done {
		return io.EOF
	}
	b.text, b.first, b.last = append(b.text[:0], s.rest...), !s.begun, false
	s.rest = s.rest[:0]
	for want := s.size; ; want *= 2 {
		b.text = s.read(b.text, want)
		if !s.begun {
			b.text = s.unmark(b.text)
		}
		if errors.Is(s.end, io.EOF) {
			b.last, s.done = true, true
			break
		}
		if n := s.cut(b.text, b.first); n > 0 {
			s.rest = append(s.rest, b.text[n:]...)
			b.text = b.text[:n]
			break
		}
		if s.end != nil {
			return &placed{1 + int64(bytes.Count(b.text, []byte("\n"))), 0, s.end}
		}
		if len(b.text) > maxRowBytes {
			break
		}
	}
	s.begun, s.size = true, blockBytes
	return nil
}

// read appends to text until that has want bytes, or there is no more.
func (s *blocks) read(text []byte, want int) []byte {
	text = slices.Grow(text, max(want-len(text), 0))
	for len(text) < want && s.end == nil {
		var n int
		n, s.end = s.r.Read(text[len(text):want])
		text = text[:len(text)+n]
	}
	return text
}

// unmark takes the byte order mark off the start of the text.
func (s *blocks) unmark(text []byte) []byte {
	if !s.marked && bytes.HasPrefix(text, bom) {
		s.marked = true
		return append(text[:0], text[len(bom):]...)
	}
	return text
}

// position is where something is in a text.
type position struct{ line, col int64 } // from 1; col in characters

// after returns the place behind text, which begins at p.
func (p position) after(text []byte) position {
	if n := bytes.Count(text, []byte("\n")); n > 0 {
		p = position{p.line + int64(n), 1}
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	for _, b := range text {
		if utf8.RuneStart(b) {
			p.col++
		}
	}
	return p
}

// placed is an error at a place in a text.
type placed struct {
	line, col int64 // from 1; in characters, 0 when the error is about all of the line
	err       error
}

func (e *placed) Error() string { return e.err.Error() }
func (e *placed) Unwrap() error { return e.err }

// placeIn places a syntax error in a text that begins at p.
func placeIn(err error, text []byte, p position) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*syntaxError](err)
	if !ok {
		return &placed{p.line, 0, err}
	}
	p = p.after(text[:min(e.at, len(text))])
	return &placed{p.line, p.col, e}
}

// within moves the place of an error in a text by where that begins.
func within(err error, p position) error {
	if e, ok := errors.AsType[*placed](err); ok {
		if e.line == 1 && e.col > 0 {
			e.col += p.col - 1
		}
		e.line += p.line - 1
	}
	return err
}

// cutLines cuts where a line ends.
func cutLines(text []byte, _ bool) int { return bytes.LastIndexByte(text, '\n') + 1 }
