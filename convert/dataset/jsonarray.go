package dataset

import (
	"bytes"
	"errors"
	"io"
)

// jsonArray makes a row of each element of one JSON array, however it is broken into lines.
type jsonArray struct {
	cursor
	row    int      // where in the text the row begins
	place  position // of the row
	placed int      // where in the text the place is that of
	last   bool     // what follows the block is nothing
	began  bool     // an element was there
	some   bool     // one of them in this block
	finds  finds
}

func (a *jsonArray) begin(b *block, p position) {
	*a = jsonArray{cursor: cursor{b: b.text}, place: p, last: b.last, began: !b.first}
}

// at returns the place of an offset, which is not before that of the call before.
func (a *jsonArray) at(i int) position {
	a.place = a.place.after(a.b[a.placed:i])
	a.placed = i
	return a.place
}

// wrong is an error about the byte at the cursor, or the last of the text.
func (a *jsonArray) wrong(want string) error {
	p := a.at(a.i)
	if a.i >= len(a.b) {
		p.col = max(p.col-1, 1)
	}
	return &placed{p.line, p.col, errors.New(want)}
}

const (
	wantArray = "expected an array of objects, [{...}, ...]; a file with an object per line is --source-format jsonl"
	wantEnd   = "the array does not end; expected ]"
)

// start moves past the bracket that begins the array.
func (a *jsonArray) start() error {
	if a.cursor.next() != '[' {
		return a.wrong(wantArray)
	}
	a.i++
	return nil
}

func (a *jsonArray) next() error {
	first := a.placed == 0 && a.i == 0 && !a.began
	if first {
		if err := a.start(); err != nil {
			return err
		}
	}
	b := a.cursor.next()
	switch {
	case a.i >= len(a.b):
		return a.end()
	case b == ']':
		return a.close()
	case a.began && b != ',':
		return a.wrong("expected , or ] after the element")
	case a.began:
		a.i++
		b = a.cursor.next()
	}
	switch {
	case a.i >= len(a.b):
		return a.wrong(wantEnd)
	case b != '{':
		return a.wrong(errRow.Error())
	}
	a.began, a.some = true, true
	a.row = a.i
	a.at(a.i)
	return nil
}

// end is called where the text ends.
func (a *jsonArray) end() error {
	switch {
	case !a.last && !a.some && len(a.b) >= maxRowBytes:
		return &placed{a.place.line, a.place.col, errLong}
	case a.last:
		return a.wrong(wantEnd)
	}
	return io.EOF
}

// close moves past the end of the array, after which there is nothing.
func (a *jsonArray) close() error {
	a.i++
	if a.cursor.next(); a.i < len(a.b) {
		return a.wrong("expected nothing after the array")
	}
	return io.EOF
}

func (a *jsonArray) infer(root *shape, b *budget) error {
	return a.each(func(c *cursor) error { return inferRow(c, root, a.place.line, b, &a.finds) })
}

func (a *jsonArray) fill(root *cell) error { return a.each(root.fillRow) }

// each calls read at the row. Of a row that does not end it is said that the array does not.
func (a *jsonArray) each(read func(c *cursor) error) error {
	err := read(&a.cursor)
	switch {
	case err == nil && a.i-a.row <= maxRowBytes:
		return nil
	case err == nil, len(a.b)-a.row > maxRowBytes && cutElements(a.b[a.row:]) == 0:
		return &placed{a.place.line, a.place.col, errLong}
	case cutElements(a.b[a.row:]) == 0:
		a.i = len(a.b)
		return a.wrong(wantEnd)
	}
	if e, ok := errors.AsType[*syntaxError](err); ok {
		err = &syntaxError{e.at - a.row, e.want}
	}
	return placeIn(err, a.b[a.row:], a.place)
}

func (a *jsonArray) found() *finds { return &a.finds }

// cutArray cuts where an element of the array ends. What is no array of objects it leaves to who reads it.
func cutArray(text []byte, first bool) int {
	if !first {
		return cutElements(text)
	}
	inner := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(inner) == 0:
		return 0
	case inner[0] != '[':
		return len(text)
	}
	start := len(text) - len(inner) + 1
	if n := cutElements(text[start:]); n > 0 {
		return start + n
	}
	return 0
}

// cutElements returns the end of the last whole object in text, which begins between elements; all of it when there is
// something else than objects between the commas.
func cutElements(text []byte) (end int) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; b {
		case '"':
			if depth == 0 {
				return len(text)
			}
			n := stringEnd(text[i+1:])
			if n < 0 {
				return end
			}
			i += n
		case '{':
			depth++
		case '[':
			if depth == 0 {
				return len(text)
			}
			depth++
		case ']', '}':
			if depth == 0 {
				return end // of the array
			}
			if depth--; depth == 0 {
				end = i + 1
			}
		case ' ', '\t', '\r', '\n', ',':
		default:
			if depth == 0 {
				return len(text)
			}
		}
	}
	return end
}

// stringEnd returns the length of the rest of a JSON string, with its quote; -1 when it does not end.
func stringEnd(text []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], '"')
		if n < 0 {
			return -1
		}
		quote := from + n
		slashes := 0
		for slashes < quote && text[quote-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return quote + 1
		}
		from = quote + 1
	}
}
