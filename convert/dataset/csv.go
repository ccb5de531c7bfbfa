package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// csvFile makes a row of each record but the first, which has the names of the columns. Fields may be in quotes, and then
// hold separators, line ends, and quotes written twice. An empty field without quotes is null.
type csvFile struct {
	lines  lineReader
	comma  byte
	said   []string
	names  []string
	data   []byte // of the fields of a record, behind each other
	fields []csvField
	start  int64
	read   int // bytes of the record
}

type csvField struct {
	end    int // in data
	quoted bool
}

// newCSV reads the names of the columns. A comma of 0 is found in them.
func newCSV(t lineReader, comma byte) (*csvFile, error) {
	c := &csvFile{lines: t, comma: comma}
	if comma == 0 {
		head, err := t.r.Peek(t.r.Size())
		if err != nil && (errors.As(err, new(*decodeError)) || !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull)) {
			return nil, &placed{1, 0, err}
		}
		c.findComma(head)
	}
	if err := c.next(); err != nil {
		if errors.Is(err, io.EOF) {
			err = &placed{1, 0, errors.New("expected a record with the names of the columns")}
		}
		return nil, err
	}
	if len(c.fields) > maxFields {
		return nil, &placed{c.start, 0, errFields}
	}
	taken := map[string]bool{}
	for i := range c.fields {
		name := string(bytes.TrimSpace(c.field(i)))
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		c.names = append(c.names, c.unused(name, taken))
	}
	return c, nil
}

// unused returns name, or another for a column whose name is there already.
func (c *csvFile) unused(name string, taken map[string]bool) string {
	own := name
	for n := 1; taken[own]; n++ {
		own = name + "_" + strconv.Itoa(n)
	}
	if own != name {
		c.said = append(c.said, fmt.Sprintf("another column %s is called %s here", oneLine(name), oneLine(own)))
	}
	taken[own] = true
	return own
}

// findComma looks for what is between the names of the columns.
func (c *csvFile) findComma(head []byte) {
	c.comma = ','
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if bytes.IndexByte(line, ',') >= 0 {
		return
	}
	for _, b := range []byte(";\t") {
		if bytes.IndexByte(line, b) >= 0 {
			c.comma = b
			c.said = append(c.said, fmt.Sprintf("fields are apart by %q, not by commas", b))
			return
		}
	}
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
		c.data = append(append(c.data, line...), '\n')
		next, err := c.lines.line()
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

// kind returns what a field holds: a column of nothing but such numbers is one of numbers.
func (c *csvFile) kind(i int) Kind {
	b := c.field(i)
	switch n, kind := numberLength(b); {
	case len(b) == 0 && !c.fields[i].quoted:
		return Null
	case n == len(b) && n > 0 && !c.fields[i].quoted:
		return kind
	}
	return String
}

func (c *csvFile) infer(root *shape, b *budget) error {
	for i, name := range c.names {
		f, err := root.field([]byte(name), b)
		if err != nil {
			return &placed{c.start, 0, err}
		}
		f.see(c.kind(i), c.start)
		f.widen = "" // that texts may look like numbers is no news in CSV
	}
	return nil
}

func (c *csvFile) fill(root *cell) error {
	root.valid.add(true)
	for i, name := range c.names {
		at, ok := root.index[name]
		switch {
		case !ok:
		case c.kind(i) == Null:
			root.children[at].null()
		case root.children[at].node.field.Kind == Null:
			return errOther
		default:
			root.children[at].bytes(c.field(i))
		}
	}
	return nil
}

func (c *csvFile) notices() []string { return append(c.lines.foundBOM(), c.said...) }
