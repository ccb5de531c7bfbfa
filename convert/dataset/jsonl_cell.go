package dataset

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
)

// errOther reports a value that was not there when the file was read for its types.
var errOther = errors.New("the file was changed while it was read")

// cell collects the values of a column, or of something nested in one, for a batch.
type cell struct {
	node     *node
	values   vector  // of a leaf
	valid    bitmap  // of a list or struct
	offsets  []int32 // of a list
	children []*cell
	index    map[string]int // of a struct: the place of each field; those that are not wanted are not in it
	loose    bool           // the type may be too narrow: not all rows were looked at
	lost     *bool          // is set when a part of a value is left out; nil: such a part is an error, but for fields
}

func newCell(n *node, loose bool) *cell {
	c := &cell{node: n, loose: loose}
	for i, child := range n.children {
		if c.index == nil {
			c.index = map[string]int{}
		}
		c.index[child.field.Name] = i
		c.children = append(c.children, newCell(child, loose))
	}
	if c.isLeaf() {
		c.values = newVector(scalar{arrow: n.arrow})
	}
	c.reset()
	return c
}

// isList reports a cell that begins its values in its one child.
func (c *cell) isList() bool { return c.node.field.Kind == List && c.node.text != textOrList }

func (c *cell) isLeaf() bool { return c.node.field.Kind != List && c.node.field.Kind != Struct }

func (c *cell) reset() {
	c.values.reset()
	c.valid.bits, c.valid.n, c.valid.nulls = c.valid.bits[:0], 0, 0
	c.offsets = append(c.offsets[:0], 0)
	for _, child := range c.children {
		child.reset()
	}
}

// rows returns how many values the cell has.
func (c *cell) rows() int {
	if c.isLeaf() {
		return c.values.n
	}
	return c.valid.n
}

// size returns about how many bytes the cell holds.
func (c *cell) size() int64 {
	n := int64(len(c.values.data)) + int64(c.rows())*entryCost
	for _, child := range c.children {
		n += child.size()
	}
	return n
}

// null appends a null.
func (c *cell) null() {
	if c.isLeaf() {
		c.values.null()
		return
	}
	c.valid.add(false)
	c.close()
}

// close ends a list or struct: fields that it does not have are null.
func (c *cell) close() {
	if c.isList() {
		c.offsets = append(c.offsets, int32(c.children[0].rows()))
		return
	}
	for _, child := range c.children {
		if child.rows() < c.valid.n {
			child.null()
		}
	}
}

// bytes appends a leaf's value.
func (c *cell) bytes(b []byte) {
	c.values.data = append(c.values.data, b...)
	c.values.end()
}

// end ends a value whose bytes were appended to the data.
func (v *vector) end() {
	v.n++
	v.ends = append(v.ends, int32(len(v.data)))
	if len(v.valid) > 0 {
		v.valid = growBits(v.valid, v.n)
		bitutil.SetBit(v.valid, v.n-1)
	}
}

// fill appends the JSON value at j, which it moves past.
func (c *cell) fill(j *cursor) error {
	first := j.next()
	kind := c.node.field.Kind
	switch {
	case kind == Other:
		return c.fillJSON(j)
	case kind == Null && c.lost != nil:
		c.null()
		return c.leaveOut(j)
	case c.node.text == textOrList && (first == '"' || first == '['):
		return c.fillEither(j)
	case first == '{' && kind == Struct:
		return c.fillObject(j)
	case first == '[' && kind == List:
		return c.fillList(j)
	case first == '{' || first == '[':
		return errOther
	case first == '"':
		raw, err := j.text()
		switch {
		case err != nil:
			return err
		case kind != String && c.loose && c.isLeaf() && kind != Null:
			c.bytes(appendQuoted(nil, string(appendUnescaped(nil, raw))))
			return nil
		case kind != String:
			return errOther
		}
		c.values.data = appendUnescaped(c.values.data, raw)
		c.values.end()
		return c.values.room(0, 0)
	}
	seen, raw, err := j.plain()
	switch {
	case err != nil:
		return err
	case seen == Null:
		c.null()
	case kind == Null || !c.isLeaf():
		return errOther
	case !c.loose && (kind == Int && seen != Int || kind == Float && !isNumber(seen) || kind == Bool && seen != Bool):
		return errOther
	default:
		c.bytes(raw)
	}
	return nil
}

// place returns which of the fields of a struct is called name: most likely the one at next.
func (c *cell) place(name []byte, next int) (i int, ok bool) {
	if next < len(c.children) && c.children[next].node.field.Name == string(name) {
		return next, true
	}
	i, ok = c.index[string(name)]
	return i, ok
}

func (c *cell) fillObject(j *cursor) error {
	row, next := c.valid.n, 0
	c.valid.add(true)
	err := j.object(func(key []byte) error {
		i, ok := c.place(unquoted(key), next)
		if !ok {
			return c.leaveOut(j)
		}
		next = i + 1
		child := c.children[i]
		if child.rows() > row { // the key was there before: the last one counts
			child.truncate(row)
		}
		return child.fill(j)
	})
	c.close()
	return err
}

func (c *cell) fillList(j *cursor) error {
	c.valid.add(true)
	err := j.list(func() error { return c.children[0].fill(j) })
	c.close()
	return err
}

// fillJSON appends a value as its JSON, without white space and with the escapes that [appendQuoted] makes.
func (c *cell) fillJSON(j *cursor) error {
	start := len(c.values.data)
	if j.next() == 'n' {
		if kind, _, err := j.plain(); err != nil || kind == Null {
			c.null()
			return err
		}
	}
	data, err := j.canonical(c.values.data, 0)
	c.values.data = data
	if err != nil {
		c.values.data = data[:start]
		return err
	}
	c.values.end()
	return c.values.room(0, 0)
}

// array returns the values as an arrow array, which is valid until reset.
func (c *cell) array() (arrow.Array, error) {
	if c.isLeaf() {
		return c.values.array(), nil
	}
	children := make([]arrow.ArrayData, len(c.children))
	for i, child := range c.children {
		arr, err := child.array()
		if err != nil {
			return nil, err
		}
		children[i] = arr.Data()
	}
	if c.isList() {
		return makeArray(c.node.arrow, &c.valid, c.offsets, children), nil
	}
	return makeArray(c.node.arrow, &c.valid, nil, children), nil
}

// batch returns the rows of the root cell as a batch, and how many there are.
func (c *cell) batch(first int64) (*Batch, error) {
	rows := c.valid.n
	b := &Batch{first: first, size: c.size()}
	arrays := make([]arrow.Array, len(c.children))
	fields := make([]arrow.Field, len(c.children))
	for i, child := range c.children {
		if child.rows() != rows {
			return nil, fmt.Errorf("column %q has %d rows where there should be %d", child.node.field.Name, child.rows(), rows)
		}
		arr, err := child.array()
		if err != nil {
			return nil, err
		}
		arrays[i] = arr
		fields[i] = arrow.Field{Name: child.node.field.Name, Type: child.node.arrow, Nullable: true}
		b.columns = append(b.columns, newView(arr, child.node))
	}
	b.record = array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(rows))
	return b, nil
}
