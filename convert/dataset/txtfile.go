package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// lineReader reads lines that are not too long.
type lineReader struct {
	r      *bufio.Reader
	marked bool // it began with a byte order mark
	long   []byte
	number int64 // of the line read last, from 1
}

// line returns the next line without its end, valid until the next call; io.EOF after the last.
func (t *lineReader) line() ([]byte, error) {
	part, err := t.r.ReadSlice('\n')
	t.number++
	if errors.Is(err, bufio.ErrBufferFull) {
		t.long = append(t.long[:0], part...)
		for errors.Is(err, bufio.ErrBufferFull) {
			part, err = t.r.ReadSlice('\n')
			if t.long = append(t.long, part...); len(t.long) > maxRowBytes {
				return nil, &placed{t.number, 0, errLong}
			}
		}
		part = t.long
	}
	switch {
	case err == nil:
		part = part[:len(part)-1]
	case !errors.Is(err, io.EOF) || errors.As(err, new(*decodeError)):
		return nil, &placed{t.number, 0, err}
	case len(part) == 0:
		return nil, io.EOF
	}
	return bytes.TrimSuffix(part, []byte("\r")), nil
}

// errLong reports a row longer than maxRowBytes.
var errLong = fmt.Errorf("a row has more than %d MiB", maxRowBytes>>20)

// foundBOM tells of a byte order mark.
func (t *lineReader) foundBOM() []string {
	if t.marked {
		return []string{"a byte order mark at the start: left out"}
	}
	return nil
}

// textColumn is the only column of a text file.
const textColumn = "text"

// textLines makes a row of each line.
type textLines struct {
	lines lineReader
	row   []byte
}

func (t *textLines) next() (err error) {
	t.row, err = t.lines.line()
	return err
}

func (t *textLines) infer(root *shape, b *budget) error {
	f, err := root.field([]byte(textColumn), b)
	if err == nil {
		f.see(String, t.lines.number)
	}
	return err
}

func (t *textLines) fill(root *cell) error {
	root.valid.add(true)
	if i, ok := root.index[textColumn]; ok {
		root.children[i].bytes(t.row)
	}
	return nil
}

func (t *textLines) notices() []string { return t.lines.foundBOM() }
