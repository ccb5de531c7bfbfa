package dataset

import (
	"bytes"
	"errors"
	"fmt"
)

// errRow reports a row that is no object.
var errRow = errors.New("expected an object, {...}, for each row")

// jsonLines makes a row of each line that is not blank.
type jsonLines struct {
	lines lineReader
	row   []byte
	finds finds
}

func (j *jsonLines) begin(b *block, p position) {
	j.lines.begin(b.text, p)
	j.finds = finds{}
}

func (j *jsonLines) next() (err error) {
	for {
		if j.row, err = j.lines.line(); err != nil {
			return err
		}
		if len(bytes.TrimSpace(j.row)) > 0 {
			return nil
		}
		j.finds.blank++
	}
}

func (j *jsonLines) infer(root *shape, b *budget) error {
	return j.placed(j.each(func(c *cursor) error { return inferRow(c, root, j.lines.number, b, &j.finds) }))
}

func (j *jsonLines) fill(root *cell) error { return j.placed(j.each(root.fillRow)) }

// each calls read at the row, which has to be all of the line.
func (j *jsonLines) each(read func(c *cursor) error) error {
	c := cursor{b: j.row}
	if err := read(&c); err != nil {
		return err
	}
	if !c.ended() {
		return c.wrong("expected nothing after the object")
	}
	return nil
}

func (j *jsonLines) placed(err error) error { return placeIn(err, j.row, position{j.lines.number, 1}) }

func (j *jsonLines) found() *finds { return &j.finds }

// inferRow widens root by the object at c, which it moves past.
func inferRow(c *cursor, root *shape, line int64, b *budget, f *finds) error {
	if c.next() != '{' {
		return c.wrong(errRow.Error())
	}
	b.row++
	b.again = false
	if err := root.infer(c, line, 0, b); err != nil {
		return err
	}
	if b.again {
		f.add(finds{again: 1, first: line}, 1)
	}
	return nil
}

// fillRow appends the object at j, which it moves past.
func (c *cell) fillRow(j *cursor) error {
	if j.next() != '{' {
		return j.wrong(errRow.Error())
	}
	return c.fill(j)
}

// finds is what was found in a text that a person may want to know.
type finds struct {
	blank int64 // lines
	again int64 // rows in which a key is there more than once
	first int64 // line of the first of those
}

// add adds what was found in a text that begins at line.
func (f *finds) add(more finds, line int64) {
	if f.again == 0 && more.again > 0 {
		f.first = more.first + line - 1
	}
	f.blank += more.blank
	f.again += more.again
}

func (f *finds) notices() (list []string) {
	if f.again > 0 {
		list = append(list, fmt.Sprintf("rows in which a key is there more than once, of which the last counts: %d, the first on line %d", f.again, f.first))
	}
	if f.blank > 0 {
		list = append(list, fmt.Sprintf("blank lines, which are no rows: %d", f.blank))
	}
	return list
}
