package dataset

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf8"
)

// jsonArray makes a row of each element of one JSON array, however it is broken into lines.
type jsonArray struct {
	r          *bufio.Reader
	marked     bool
	at, col    int64 // where the next byte is
	row        []byte
	start      int64 // line and column of the row
	startCol   int64
	began, end bool
	again      repeated
}

func newJSONArray(t lineReader) (*jsonArray, error) {
	a := &jsonArray{r: t.r, marked: t.marked, at: 1, col: 1}
	b, err := a.skipSpace()
	if err == nil && b != '[' || errors.Is(err, io.EOF) {
		return nil, a.wrong("expected an array of objects, [{...}, ...]; a file with an object per line is --source-format jsonl")
	}
	return a, err
}

// read returns the next byte; io.EOF at the end.
func (a *jsonArray) read() (byte, error) {
	b, err := a.r.ReadByte()
	switch {
	case errors.As(err, new(*decodeError)), err != nil && !errors.Is(err, io.EOF):
		return 0, &placed{a.at, 0, err}
	case err != nil:
		return 0, io.EOF
	case b == '\n':
		a.at, a.col = a.at+1, 1
	case utf8.RuneStart(b):
		a.col++
	}
	return b, nil
}

// skipSpace returns the first byte that is no white space.
func (a *jsonArray) skipSpace() (byte, error) {
	for {
		b, err := a.read()
		if err != nil || b != ' ' && b != '\t' && b != '\n' && b != '\r' {
			return b, err
		}
	}
}

// wrong is an error about the byte read last.
func (a *jsonArray) wrong(want string) error {
	return &placed{a.at, max(a.col-1, 1), errors.New(want)}
}

func (a *jsonArray) next() error {
	if a.end {
		return io.EOF
	}
	b, err := a.skipSpace()
	switch {
	case errors.Is(err, io.EOF):
		return a.wrong("the array does not end; expected ]")
	case err != nil:
		return err
	case b == ']':
		return a.last()
	case a.began && b != ',':
		return a.wrong("expected , or ] after the element")
	case a.began:
		if b, err = a.skipSpace(); err != nil {
			return a.cut(err)
		}
	}
	a.began = true
	if b != '{' {
		return a.wrong(errRow.Error())
	}
	a.start, a.startCol = a.at, a.col-1
	return a.object()
}

// last ends the array, after which there is nothing.
func (a *jsonArray) last() error {
	a.end = true
	_, err := a.skipSpace()
	if err == nil {
		return a.wrong("expected nothing after the array")
	}
	return err
}

func (a *jsonArray) cut(err error) error {
	if errors.Is(err, io.EOF) {
		return a.wrong("the array does not end; expected ]")
	}
	return err
}

// object reads an object, whose brace was read, into row. It only looks for its end.
func (a *jsonArray) object() error {
	a.row = append(a.row[:0], '{')
	for depth, quoted, escaped := 1, false, false; depth > 0; {
		b, err := a.read()
		if err != nil {
			return a.cut(err)
		}
		a.row = append(a.row, b)
		switch {
		case len(a.row) > maxRowBytes:
			return &placed{a.start, a.startCol, errLong}
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = b == '\\', b != '"'
		case b == '"':
			quoted = true
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
	}
	return nil
}

func (a *jsonArray) infer(root *shape, b *budget) error {
	return placeIn(a.again.infer(a.row, root, a.start, b), a.row, a.start, a.startCol)
}

func (a *jsonArray) fill(root *cell) error {
	return placeIn(fillRow(a.row, root), a.row, a.start, a.startCol)
}

func (a *jsonArray) notices() []string {
	t := lineReader{marked: a.marked}
	return append(t.foundBOM(), a.again.notices()...)
}
