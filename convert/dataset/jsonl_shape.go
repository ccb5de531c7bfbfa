package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
)

const (
	maxKeys   = 1000   // keys of an object that is not a row: one with more is a map and carried as JSON
	maxFields = 20_000 // of all objects together
	maxShape  = 24     // how deep lists and objects are told apart; what is deeper is carried as JSON
)

// shape is what the rows read so far have in a column, or somewhere in one. Numbers and texts in one place are texts; a
// list or an object beside anything else is a mix, which is carried as JSON.
type shape struct {
	name   string
	kind   Kind // Null: nothing but nulls yet; Other: a mix
	line   int64
	widen  string // why it is wider than what was first seen
	fields []*shape
	index  map[string]int // of the fields
	elem   *shape
	texts  bool  // of a list: texts are there too
	last   int64 // row that had the field last
}

// budget is what reading a text for its types may take, and what came of it.
type budget struct {
	fields  int   // that there may be more
	changed bool  // a shape is wider than it was
	row     int64 // that is being read; no two have the same
	again   bool  // a key of the row is there again
}

// clone returns a shape that can be widened apart from s.
func (s *shape) clone() *shape {
	if s == nil {
		return nil
	}
	c := *s
	c.last, c.elem, c.index = 0, s.elem.clone(), maps.Clone(s.index)
	c.fields = make([]*shape, len(s.fields))
	for i, f := range s.fields {
		c.fields[i] = f.clone()
	}
	return &c
}

// errFields reports a file with too many columns and fields.
var errFields = errors.New("more than 20000 columns and fields in them")

// field returns the field of an object called name, new if need be. It is most likely the one at next.
func (s *shape) field(name []byte, next int, b *budget) (f *shape, at int, err error) {
	if next < len(s.fields) && s.fields[next].name == string(name) {
		return s.fields[next], next, nil
	}
	if i, ok := s.index[string(name)]; ok {
		return s.fields[i], i, nil
	}
	if b.fields--; b.fields < 0 {
		return nil, 0, errFields
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	f, at = &shape{name: string(name)}, len(s.fields)
	s.index[f.name] = at
	s.fields = append(s.fields, f)
	b.changed = true
	return f, at, nil
}

// see widens the shape by a value of this kind on this line.
func (s *shape) see(kind Kind, line int64, b *budget) {
	if kind == Null || kind == s.kind || s.kind == Other {
		return
	}
	was, wide := s.kind, s.widen
	switch {
	case s.kind == Null:
		s.kind, s.line = kind, line
	case isNumber(kind) && isNumber(s.kind):
		s.kind = Float
	case kind == String && s.kind == List && s.texts:
	case kind == String && s.kind == List, kind == List && s.kind == String && s.widen == "":
		s.widen = fmt.Sprintf("line %d has %s, line %d %s", s.line, kindName(s.kind), line, kindName(kind))
		s.kind, s.texts = List, true
	case s.texts:
		s.mix(s.widen, b)
	case kind == List || kind == Struct || s.kind == List || s.kind == Struct:
		s.mix(fmt.Sprintf("line %d has %s, line %d %s", s.line, kindName(s.kind), line, kindName(kind)), b)
	default:
		if s.widen == "" {
			s.widen = fmt.Sprintf("line %d has %s, line %d %s: all are read as text", s.line, kindName(s.kind), line, kindName(kind))
		}
		s.kind = String
	}
	b.changed = b.changed || s.kind != was || s.widen != wide
}

// mix makes the shape one that is carried as JSON.
func (s *shape) mix(why string, b *budget) {
	b.changed = true
	s.kind, s.widen = Other, why+": carried as JSON"
	s.fields, s.index, s.elem, s.texts = nil, nil, nil, false
}

func isNumber(k Kind) bool { return k == Int || k == Float }

func kindName(k Kind) string {
	switch k {
	case Bool:
		return "a truth value"
	case Int, Float:
		return "a number"
	case String:
		return "a string"
	case List:
		return "a list"
	case Struct:
		return "an object"
	}
	return "a value"
}

// infer widens s by the JSON value at c, which it moves past.
func (s *shape) infer(c *cursor, line int64, depth int, b *budget) error {
	first := c.next()
	if s.kind == Other {
		return c.skip(depth)
	}
	if (first == '{' || first == '[') && depth > maxShape {
		s.mix("it is nested deeply", b)
		return c.skip(depth)
	}
	switch first {
	case '{':
		return s.inferObject(c, line, depth, b)
	case '[':
		return s.inferList(c, line, depth, b)
	case '"':
		s.see(String, line, b)
		_, err := c.text()
		return err
	}
	kind, _, err := c.plain()
	s.see(kind, line, b)
	return err
}

func (s *shape) inferObject(c *cursor, line int64, depth int, b *budget) error {
	s.see(Struct, line, b)
	next := 0
	return c.object(func(key []byte) error {
		if s.kind == Other {
			return c.skip(depth + 1)
		}
		f, at, err := s.field(unquoted(key), next, b)
		if err != nil {
			return err
		}
		next = at + 1
		if depth > 0 && len(s.fields) > maxKeys {
			b.fields += len(s.fields)
			s.mix(fmt.Sprintf("line %d has a key more than %d that it could have", line, maxKeys), b)
			return c.skip(depth + 1)
		}
		if depth == 0 {
			b.again = b.again || f.last == b.row
			f.last = b.row
		}
		return f.infer(c, line, depth+1, b)
	})
}

// unquoted returns the text of a key, which raw is unless there are escapes in it.
func unquoted(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return appendUnescaped(nil, raw)
}

func (s *shape) inferList(c *cursor, line int64, depth int, b *budget) error {
	s.see(List, line, b)
	return c.list(func() error {
		if s.kind == Other {
			return c.skip(depth + 1)
		}
		if s.elem == nil {
			s.elem = &shape{name: "element"}
			b.changed = true
		}
		return s.elem.infer(c, line, depth+1, b)
	})
}

// node returns what a shape is as a column.
func (s *shape) node() *node {
	n := &node{field: Field{Name: s.name, Kind: s.kind}}
	switch s.kind {
	case List:
		if s.elem == nil {
			s.elem = &shape{name: "element"}
		}
		if n.asList(s.name, List, s.elem.node()); s.texts {
			return n.textsOr()
		}
		return n
	case Struct:
		for _, f := range s.fields {
			n.children = append(n.children, f.node())
		}
		return n.asStruct()
	case Null:
		n.arrow, n.field.Type = arrow.Null, "null"
		return n
	}
	n.arrow = arrow.BinaryTypes.String
	n.field.Type = map[Kind]string{Bool: "bool", Int: "int64", Float: "double", String: "string", Other: "json"}[s.kind]
	if s.kind != String {
		n.text = literal
	}
	return n
}

// asStruct makes n a struct of its children.
func (n *node) asStruct() *node {
	apart(n.children)
	var fields []arrow.Field
	n.field.Children = nil
	for _, c := range n.children {
		n.field.Children = append(n.field.Children, c.field)
		fields = append(fields, arrow.Field{Name: c.field.Name, Type: c.arrow, Nullable: true})
	}
	n.field.Kind = Struct
	n.field.Type = structType(n.children)
	n.arrow = arrow.StructOf(fields...)
	return n
}

// structType is the type of a struct of these fields.
func structType(fields []*node) string {
	types := make([]string, len(fields))
	for i, f := range fields {
		types[i] = f.field.Name + ": " + f.field.Type
	}
	return "struct<" + strings.Join(types, ", ") + ">"
}

// widened tells of each place that holds more than one type.
func (s *shape) widened(list []string, path string) []string {
	if s.widen != "" {
		list = append(list, path+": "+s.widen)
	}
	for _, f := range s.fields {
		list = f.widened(list, path+"."+f.name)
	}
	if s.elem != nil {
		list = s.elem.widened(list, path+"[]")
	}
	return list
}
