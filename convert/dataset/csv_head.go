package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// csvHead is what the start of a file says of all of it.
type csvHead struct {
	comma byte // 0 is not known yet
	names []string
	said  []string
}

// begin reads the names of the columns in the first block, and returns how long that record is.
func (h *csvHead) begin(b *block) (int, error) {
	if h.comma == 0 {
		h.findComma(b.text)
	}
	c := csvFile{csvHead: h}
	c.begin(b, position{1, 1})
	if err := c.next(); err != nil {
		if errors.Is(err, io.EOF) {
			err = &placed{1, 0, errors.New("expected a record with the names of the columns")}
		}
		return 0, err
	}
	if len(c.fields) > maxFields {
		return 0, &placed{c.start, 0, errFields}
	}
	taken := map[string]bool{}
	var names []string
	for i := range c.fields {
		name := string(bytes.TrimSpace(c.field(i)))
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		names = append(names, h.unused(name, taken))
	}
	h.names = names
	h.doubt(&c)
	return len(b.text) - len(c.lines.rest), nil
}

// doubt tells of names that look like values.
func (h *csvHead) doubt(c *csvFile) {
	const long = 100
	for i := range c.fields {
		if kind := c.kind(i); isNumber(kind) || len(c.field(i)) > long {
			h.said = append(h.said, "the first record is taken for the names of the columns, though "+shortened(c.field(i), long)+
				" looks like a value; a file without names needs a first line with them")
			return
		}
	}
}

// shortened returns the start of a text, in quotes.
func shortened(text []byte, most int) string {
	if len(text) <= most {
		return strconv.Quote(string(text))
	}
	return strconv.Quote(string(bytes.ToValidUTF8(text[:most], nil))) + "..."
}

// unused returns name, or another for a column whose name is there already.
func (c *csvHead) unused(name string, taken map[string]bool) string {
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

// findComma looks for what is between the names of the columns: what is there most often outside of quotes, commas first.
func (c *csvHead) findComma(head []byte) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	var bare []byte
	for i, part := range bytes.Split(line, []byte{'"'}) {
		if i%2 == 0 {
			bare = append(bare, part...)
		}
	}
	c.comma = ','
	if bytes.IndexByte(bare, ',') >= 0 {
		return
	}
	for _, b := range []byte(";\t|") {
		if bytes.IndexByte(bare, b) >= 0 {
			c.comma = b
			c.said = append(c.said, fmt.Sprintf("fields are apart by %q, not by commas", b))
			return
		}
	}
}

// cut cuts where a record ends: at a line end outside of quotes. As [csvFile.record] has it, only a quote that begins a
// field opens one that is in quotes.
func (c *csvHead) cut(text []byte, _ bool) (end int) {
	if c.comma == 0 {
		c.findComma(text)
	}
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			if line := cutLines(text[i:], false); line > 0 {
				end = i + line
			}
			return end
		}
		quote := i + n
		if line := cutLines(text[i:quote], false); line > 0 {
			end = i + line
		}
		i = quote + 1
		if quote > 0 && text[quote-1] != c.comma && text[quote-1] != '\n' {
			continue
		}
		if i = closing(text, i); i < 0 {
			return end
		}
	}
}

// closing returns what follows the quote that ends a field of which i is in the text, -1 when there is none.
func closing(text []byte, i int) int {
	for {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return -1
		}
		i += n + 1
		if i == len(text) || text[i] != '"' {
			return i
		}
		i++
	}
}
