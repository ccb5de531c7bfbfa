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
	blank int64
	again repeated
}

func (j *jsonLines) next() (err error) {
	for {
		if j.row, err = j.lines.line(); err != nil {
			return err
		}
		if len(bytes.TrimSpace(j.row)) > 0 {
			return nil
		}
		j.blank++
	}
}

func (j *jsonLines) infer(root *shape, b *budget) error {
	return placeIn(j.again.infer(j.row, root, j.line(), b), j.row, j.line(), 1)
}

func (j *jsonLines) fill(root *cell) error {
	return placeIn(fillRow(j.row, root), j.row, j.line(), 1)
}

func (j *jsonLines) line() int64 { return j.lines.number }

func (j *jsonLines) notices() []string {
	list := append(j.lines.foundBOM(), j.again.notices()...)
	if j.blank > 0 {
		list = append(list, fmt.Sprintf("blank lines, which are no rows: %d", j.blank))
	}
	return list
}

// repeated counts rows in which a key is there more than once.
type repeated struct {
	rows  int64
	first int64 // line
	seen  map[string]struct{}
}

// infer widens root by the object that row is.
func (r *repeated) infer(row []byte, root *shape, line int64, b *budget) error {
	c := cursor{b: row}
	if c.next() != '{' {
		return &syntaxError{c.i, errRow.Error()}
	}
	if err := root.infer(&c, line, 0, b); err != nil {
		return err
	}
	if c.next() != 0 || c.i < len(row) {
		return c.wrong("expected nothing after the object")
	}
	return r.count(row, line)
}

// count looks for keys of the row itself that are there again.
func (r *repeated) count(row []byte, line int64) error {
	if r.seen == nil {
		r.seen = map[string]struct{}{}
	}
	clear(r.seen)
	again, c := false, cursor{b: row}
	c.next()
	err := c.object(func(key []byte) error {
		_, ok := r.seen[string(key)]
		again = again || ok
		r.seen[string(key)] = struct{}{}
		return c.skip(1)
	})
	if again {
		if r.rows++; r.rows == 1 {
			r.first = line
		}
	}
	return err
}

func (r *repeated) notices() []string {
	if r.rows == 0 {
		return nil
	}
	return []string{fmt.Sprintf("rows in which a key is there more than once, of which the last counts: %d, the first on line %d", r.rows, r.first)}
}

// fillRow appends the object that row is.
func fillRow(row []byte, root *cell) error {
	c := cursor{b: row}
	if c.next() != '{' {
		return errOther
	}
	return root.fill(&c)
}
