package dataset

import (
	"bytes"
	"fmt"
	"io"
)

// lineReader reads the lines of a block.
type lineReader struct {
	rest   []byte
	number int64 // of the line read last
	ended  bool  // it ends with a carriage return, which is left out, and a line feed
}

// begin starts with a text whose first line has the number that p says.
func (t *lineReader) begin(text []byte, p position) { t.rest, t.number = text, p.line-1 }

// line returns the next line without its end; io.EOF after the last.
func (t *lineReader) line() ([]byte, error) {
	if len(t.rest) == 0 {
		return nil, io.EOF
	}
	t.number++
	line := t.rest
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line, t.rest = line[:n], line[n+1:]
	} else {
		t.rest = nil
	}
	if len(line) >= maxRowBytes {
		return nil, &placed{t.number, 0, errLong}
	}
	short := bytes.TrimSuffix(line, []byte("\r"))
	t.ended = len(short) < len(line)
	return short, nil
}

// errLong reports a row longer than maxRowBytes.
var errLong = fmt.Errorf("a row has more than %d MiB", maxRowBytes>>20)

// textColumn is the only column of a text file.
const textColumn = "text"

// textLines makes a row of each line.
type textLines struct {
	lines lineReader
	row   []byte
}

func (t *textLines) begin(b *block, p position) { t.lines.begin(b.text, p) }

func (t *textLines) next() (err error) {
	t.row, err = t.lines.line()
	return err
}

func (t *textLines) infer(root *shape, b *budget) error {
	f, _, err := root.field([]byte(textColumn), 0, b)
	if err == nil {
		f.see(String, t.lines.number, b)
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

func (t *textLines) found() *finds { return &finds{} }
