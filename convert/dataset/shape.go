package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
)

// maxNesting bounds lists, structs and maps inside each other.
const maxNesting = 60

// node is a column, or something nested in one, as rows see it: the groups that parquet needs to
// express a list or a map are gone.
//
// Levels: parquet stores each leaf as entries with a definition level, which says how much of the
// path to the value is there, and a repetition level, which says which list goes on. An entry makes
// a slot of the node when it begins a new element of the innermost list around the node, that is,
// when its repetition level is at most rep and its definition level at least slot. The slot is null
// when the definition level is below def.
type node struct {
	field Field
	arrow arrow.DataType
	text  special

	slot, rep, def   uint8
	elemRep, elemDef uint8 // of a list: levels from which an entry is an element

	children []*node
	leaf     *leafInfo // of a leaf
}

// leafInfo is a leaf column of the file.
type leafInfo struct {
	index int // among the columns of a row group
	path  string
	col   chunk.Column
	scalar
	slot, rep uint8 // as in its node
}

// first returns the first leaf below n, whose levels say all about n.
func (n *node) first() *leafInfo {
	for n.leaf == nil {
		n = n.children[0]
	}
	return n.leaf
}

// leaves appends the leaves below n.
func (n *node) leaves(to []*leafInfo) []*leafInfo {
	if n.leaf != nil {
		return append(to, n.leaf)
	}
	for _, c := range n.children {
		to = c.leaves(to)
	}
	return to
}

// columnsOf returns the top-level columns of a file's schema and its number of leaves.
func columnsOf(elements []format.SchemaElement) ([]*node, int, error) {
	if len(elements) == 0 {
		return nil, 0, errors.New("the footer has no schema")
	}
	s := shaper{elements: elements[1:]}
	var columns []*node
	for range max(elements[0].NumChildren.V, 0) {
		n, err := s.next(place{})
		if err != nil {
			return nil, 0, err
		}
		columns = append(columns, n)
	}
	if len(s.elements) > 0 {
		return nil, 0, fmt.Errorf("the schema has %d elements that belong to no column", len(s.elements))
	}
	apart(columns)
	return columns, s.leaves, nil
}

// shaper turns the flat list of schema elements into nodes, in order.
type shaper struct {
	elements []format.SchemaElement // not yet used
	leaves   int
}

// place is what the groups around an element make of it.
type place struct {
	path           []string
	def, rep, slot uint8
	element        bool // the element stands for one of a list: its being repeated is used up
}

// in returns the place of the children of a node at p called name.
func (p place) in(name string) place {
	p.path = append(slices.Clip(p.path), name)
	p.element = false
	return p
}

// next takes one element with all below it.
func (s *shaper) next(p place) (*node, error) {
	if len(s.elements) == 0 {
		return nil, errors.New("the schema ends early")
	}
	e := &s.elements[0]
	if len(p.path) >= maxNesting {
		return nil, fmt.Errorf("the schema nests deeper than %d", maxNesting)
	}
	repetition := e.RepetitionType.V
	if repetition < format.Required || repetition > format.Repeated {
		return nil, fmt.Errorf("column %q has repetition %d", e.Name, int32(repetition))
	}
	if repetition == format.Repeated && !p.element {
		return s.bareList(p)
	}
	s.elements = s.elements[1:]
	if repetition == format.Optional {
		p.def++
	}
	if e.Type.Valid && e.NumChildren.V <= 0 {
		return s.leaf(e, p)
	}
	if e.NumChildren.V <= 0 {
		return nil, fmt.Errorf("column %q is a group of nothing", e.Name)
	}
	if len(s.elements) == 0 {
		return nil, errors.New("the schema ends early")
	}
	if n, err := s.annotatedGroup(e, p); n != nil || err != nil {
		return n, err
	}
	return s.group(e, p)
}

// annotatedGroup takes the elements below e if e is a list or map, and returns nil if it is not.
func (s *shaper) annotatedGroup(e *format.SchemaElement, p place) (*node, error) {
	inner := &s.elements[0]
	if e.NumChildren.V != 1 || inner.RepetitionType.V != format.Repeated {
		return nil, nil
	}
	switch {
	case isGroup(e, 2, deprecated.Map), isGroup(e, 2, deprecated.MapKeyValue):
		if inner.NumChildren.V == 2 {
			return s.list(e, p, Map)
		}
		return s.list(e, p, List) // keys without values
	case isGroup(e, 3, deprecated.List):
		return s.list(e, p, List)
	}
	return nil, nil
}

// isGroup reports whether e is annotated by the logical type of this id, or by the older t.
func isGroup(e *format.SchemaElement, id int16, t deprecated.ConvertedType) bool {
	if lt := e.LogicalType.Value; lt != nil {
		return lt.FieldID() == id
	}
	return e.ConvertedType.Valid && e.ConvertedType.V == t
}

// bareList takes a repeated element that no list is around: it is a list of itself, never null.
func (s *shaper) bareList(p place) (*node, error) {
	e := &s.elements[0]
	n := &node{slot: p.slot, rep: p.rep, def: p.def}
	inner := p
	inner.def, inner.rep, inner.element = p.def+1, p.rep+1, true
	inner.slot = inner.def
	elem, err := s.next(inner)
	if err != nil {
		return nil, err
	}
	n.elemRep, n.elemDef = inner.rep, inner.def
	return n.asList(e.Name, List, elem), nil
}

// list takes the repeated group below e, which is a list or map.
func (s *shaper) list(e *format.SchemaElement, p place, kind Kind) (*node, error) {
	n := &node{slot: p.slot, rep: p.rep, def: p.def}
	inner := p.in(e.Name)
	inner.def, inner.rep, inner.element = p.def+1, p.rep+1, true
	inner.slot = inner.def
	n.elemRep, n.elemDef = inner.rep, inner.def
	if kind == List && s.wrapsElement(e) {
		inner = inner.in(s.elements[0].Name)
		s.elements = s.elements[1:]
	}
	elem, err := s.next(inner)
	if err != nil {
		return nil, err
	}
	return n.asList(e.Name, kind, elem), nil
}

// wrapsElement reports whether the repeated group below the list e is only there to hold the
// element, as in the three levels of today, or is itself the element, as older writers had it.
func (s *shaper) wrapsElement(e *format.SchemaElement) bool {
	wrap := &s.elements[0]
	if wrap.NumChildren.V != 1 || len(s.elements) < 2 {
		return false
	}
	if wrap.Name == "array" || wrap.Name == e.Name+"_tuple" {
		return false
	}
	return s.elements[1].RepetitionType.V != format.Repeated || isGroup(wrap, 3, deprecated.List)
}

func (n *node) asList(name string, kind Kind, elem *node) *node {
	n.field = Field{Name: name, Kind: kind, Children: []Field{elem.field}}
	n.children = []*node{elem}
	// Maps are carried as lists too: arrow's own maps panic on null keys.
	n.arrow = arrow.ListOfField(arrow.Field{Name: "element", Type: elem.arrow, Nullable: true})
	n.field.Type = "list<" + elem.field.Type + ">"
	if kind == Map {
		for i, name := range []string{"key", "value"} {
			f := &elem.children[i].field
			f.Name, f.Renamed, f.Original = name, false, ""
			elem.field.Children[i] = *f
		}
		n.field.Children = elem.field.Children
		n.field.Type = "map<" + elem.field.Children[0].Type + ", " + elem.field.Children[1].Type + ">"
	}
	return n
}

// group takes the children of e as a struct.
func (s *shaper) group(e *format.SchemaElement, p place) (*node, error) {
	n := &node{slot: p.slot, rep: p.rep, def: p.def}
	n.field = Field{Name: e.Name, Kind: Struct}
	var types []string
	var fields []arrow.Field
	for range e.NumChildren.V {
		c, err := s.next(p.in(e.Name))
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, c)
	}
	apart(n.children)
	for _, c := range n.children {
		n.field.Children = append(n.field.Children, c.field)
		types = append(types, c.field.Name+": "+c.field.Type)
		fields = append(fields, arrow.Field{Name: c.field.Name, Type: c.arrow, Nullable: true})
	}
	n.field.Type = "struct<" + strings.Join(types, ", ") + ">"
	n.arrow = arrow.StructOf(fields...)
	return n, nil
}

func (s *shaper) leaf(e *format.SchemaElement, p place) (*node, error) {
	path := strings.Join(append(slices.Clip(p.path), e.Name), ".")
	col := chunk.Column{Type: e.Type.V, Length: int(e.TypeLength.V), MaxDef: p.def, MaxRep: p.rep}
	if col.Type == format.FixedLenByteArray && (col.Length < 1 || col.Length > chunk.MaxTypeLength) {
		return nil, fmt.Errorf("column %q has values of %d bytes", path, col.Length)
	}
	meaning, err := scalarOf(e, col)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", path, err)
	}
	l := &leafInfo{index: s.leaves, path: path, col: col, scalar: meaning, slot: p.slot, rep: p.rep}
	s.leaves++
	return &node{
		field: Field{Name: e.Name, Kind: meaning.kind, Type: meaning.name},
		arrow: meaning.arrow, text: meaning.text,
		slot: p.slot, rep: p.rep, def: p.def, leaf: l,
	}, nil
}
