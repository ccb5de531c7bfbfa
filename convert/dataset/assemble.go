package dataset

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/bitutil"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// errShape reports leaves of one column that do not agree about its lists.
var errShape = errors.New("its fields disagree about the length of a list")

// assemble makes the array of a column from the leaves read for it; rows is the number of rows read.
func (s *scan) assemble(n *node, rows int) (arrow.Array, error) {
	arr, err := s.build(n, rows)
	if err != nil {
		return nil, err
	}
	if arr.Len() != rows {
		return nil, fmt.Errorf("it has %d rows where there should be %d", arr.Len(), rows)
	}
	return arr, nil
}

func (s *scan) build(n *node, rows int) (arrow.Array, error) {
	if n.leaf != nil {
		return s.leaves[n.leaf.index].array(), nil
	}
	levels := s.leaves[n.first().index]
	if n.field.Kind == Struct {
		return s.buildStruct(n, levels, rows)
	}
	return s.buildList(n, levels, rows)
}

// bitmap collects which slots are there.
type bitmap struct {
	bits     []byte
	n, nulls int
}

func (b *bitmap) add(valid bool) {
	if b.n%8 == 0 {
		b.bits = append(b.bits, 0)
	}
	if valid {
		bitutil.SetBit(b.bits, b.n)
	} else {
		b.nulls++
	}
	b.n++
}

func (b *bitmap) buffer() *memory.Buffer {
	if b.nulls == 0 {
		return nil
	}
	return memory.NewBufferBytes(b.bits)
}

// entries calls visit with the levels of each entry of l. A leaf without levels has an entry per row.
func (l *leaf) entries(rows int, visit func(rep, def uint8)) {
	switch {
	case l.col.MaxDef == 0:
		for range rows {
			visit(0, 0)
		}
	case l.col.MaxRep == 0:
		for _, def := range l.def {
			visit(0, def)
		}
	default:
		for i, def := range l.def {
			visit(l.rep[i], def)
		}
	}
}

func (s *scan) buildStruct(n *node, levels *leaf, rows int) (arrow.Array, error) {
	var valid bitmap
	levels.entries(rows, func(rep, def uint8) {
		if rep <= n.rep && def >= n.slot {
			valid.add(def >= n.def)
		}
	})
	children := make([]arrow.ArrayData, len(n.children))
	for i, c := range n.children {
		arr, err := s.build(c, rows)
		if err != nil {
			return nil, err
		}
		if arr.Len() != valid.n {
			return nil, errShape
		}
		children[i] = arr.Data()
	}
	return makeArray(n.arrow, &valid, nil, children), nil
}

func (s *scan) buildList(n *node, levels *leaf, rows int) (arrow.Array, error) {
	var valid bitmap
	offsets, count := make([]int32, 0, rows+1), int32(0)
	levels.entries(rows, func(rep, def uint8) {
		if rep <= n.rep && def >= n.slot {
			offsets = append(offsets, count)
			valid.add(def >= n.def)
		}
		if rep <= n.elemRep && def >= n.elemDef {
			count++
		}
	})
	offsets = append(offsets, count)
	elem, err := s.build(n.children[0], rows)
	if err != nil {
		return nil, err
	}
	if elem.Len() != int(count) {
		return nil, errShape
	}
	return makeArray(n.arrow, &valid, offsets, []arrow.ArrayData{elem.Data()}), nil
}

// makeArray returns a struct, or a list when there are offsets.
func makeArray(t arrow.DataType, valid *bitmap, offsets []int32, children []arrow.ArrayData) arrow.Array {
	buffers := []*memory.Buffer{valid.buffer()}
	if offsets != nil {
		buffers = append(buffers, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)))
	}
	data := array.NewData(t, valid.n, buffers, children, valid.nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
