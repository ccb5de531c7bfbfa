package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// csvFile makes a row of each record but the first, which has the names of the columns. Fields may be in quotes, and then
// hold separators, line ends, and quotes written twice. An empty field without quotes is null.
type csvFile struct {
	*csvHead
	lines  lineReader
	last   bool   // what follows the block is nothing
	data   []byte // of the fields of a record, behind each other
	fields []csvField
	start  int64
	read   int // bytes of the record
}

type csvField struct {
	end    int // in data
	quoted bool
}

func (c *csvFile) begin(b *block, p position) {
	c.lines.begin(b.text, p)
	c.last = b.last
}

// field returns the bytes of field i.
func (c *csvFile) field(i int) []byte {
	from := 0
	if i > 0 {
		from = c.fields[i-1].end
	}
	return c.data[from:c.fields[i].end]
}

// next reads a record. Blank lines are none.
func (c *csvFile) next() error {
	for {
		line, err := c.lines.line()
		if err != nil {
			return err
		}
		if len(line) == 0 && len(c.names) != 1 {
			continue
		}
		c.start = c.lines.number
		c.data, c.fields, c.read = c.data[:0], c.fields[:0], len(line)
		if err := c.record(line); err != nil {
			return err
		}
		if c.names != nil && len(c.fields) != len(c.names) {
			return &placed{c.start, 0, fmt.Errorf("expected %d fields as in the first record, got %d", len(c.names), len(c.fields))}
		}
		return nil
	}
}

// record takes the fields of a record that begins with line.
func (c *csvFile) record(line []byte) (err error) {
	for {
		quoted := len(line) > 0 && line[0] == '"'
		if quoted {
			if line, err = c.quoted(line[1:]); err != nil {
				return err
			}
			if len(line) > 0 && line[0] != c.comma {
				return c.wrong("expected the end of the field after the closing quote; a quote in a field is written twice")
			}
		} else {
			n := bytes.IndexByte(line, c.comma)
			if n < 0 {
				n = len(line)
			}
			c.data = append(c.data, line[:n]...)
			line = line[n:]
		}
		if c.fields = append(c.fields, csvField{len(c.data), quoted}); len(c.fields) > maxFields {
			return c.wrong(errFields.Error())
		}
		if len(line) == 0 {
			return nil
		}
		line = line[1:]
	}
}

// quoted takes a field in quotes, the first of which was taken, and returns what follows it.
func (c *csvFile) quoted(line []byte) ([]byte, error) {
	for {
		n := bytes.IndexByte(line, '"')
		if n >= 0 {
			c.data = append(c.data, line[:n]...)
			if line = line[n+1:]; len(line) == 0 || line[0] != '"' {
				return line, nil
			}
			c.data = append(c.data, '"')
			line = line[1:]
			continue
		}
		if c.data = append(c.data, line...); c.lines.ended {
			c.data = append(c.data, '\r')
		}
		c.data = append(c.data, '\n')
		next, err := c.lines.line()
		if errors.Is(err, io.EOF) && !c.last {
			return nil, &placed{c.start, 0, errLong}
		}
		if errors.Is(err, io.EOF) {
			return nil, &placed{c.start, 0, fmt.Errorf("field %d does not end; expected a closing quote", len(c.fields)+1)}
		}
		if err != nil {
			return nil, err
		}
		if c.read += len(next); c.read > maxRowBytes {
			return nil, &placed{c.start, 0, errLong}
		}
		line = next
	}
}

// wrong is an error about the field that is being read.
func (c *csvFile) wrong(want string) error {
	return &placed{c.lines.number, 0, fmt.Errorf("field %d: %s", len(c.fields)+1, want)}
}

// null reports whether there is nothing in field i.
func (c *csvFile) null(i int) bool { return len(c.field(i)) == 0 && !c.fields[i].quoted }

// kind returns what a field holds: a column of nothing but such numbers is one of numbers.
func (c *csvFile) kind(i int) Kind {
	b := c.field(i)
	switch n, kind := numberLength(b); {
	case c.null(i):
		return Null
	case n == len(b) && n > 0 && !c.fields[i].quoted:
		return kind
	}
	return String
}

func (c *csvFile) infer(root *shape, b *budget) error {
	for i, name := range c.names {
		f, _, err := root.field([]byte(name), i, b)
		if err != nil {
			return &placed{c.start, 0, err}
		}
		if kind := c.kind(i); f.kind != String {
			f.see(kind, c.start, b)
			f.widen = "" // that texts may look like numbers is no news in CSV
		}
	}
	return nil
}

func (c *csvFile) fill(root *cell) error {
	root.valid.add(true)
	for i, name := range c.names {
		at, ok := root.index[name]
		switch {
		case !ok:
		case c.null(i):
			root.children[at].null()
		case root.children[at].node.field.Kind == Null:
			return &placed{c.start, 0, errOther}
		default:
			root.children[at].bytes(c.field(i))
		}
	}
	return nil
}

func (c *csvFile) found() *finds { return &finds{} }
