package dataset

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// A message of a chat is a text in some rows and a list of parts in others. Such a place is a List with [Field.Texts]: it is
// carried as a struct of both, of which a value has one.

// textsOr makes n, which is a list, one that holds texts too.
func (n *node) textsOr() *node {
	text := &node{field: Field{Name: "text", Kind: String, Type: "string"}, arrow: arrow.BinaryTypes.String}
	return &node{
		field: withTexts(n.field), text: textOrList, children: []*node{text, n},
		arrow: arrow.StructOf(arrow.Field{Name: "text", Type: text.arrow, Nullable: true}, arrow.Field{Name: "list", Type: n.arrow, Nullable: true}),
	}
}

func withTexts(f Field) Field {
	if !f.Texts {
		f.Texts, f.Type = true, "string or "+f.Type
	}
	return f
}

// parted reports a list whose elements have a text: what a text stands for too.
func parted(f Field) bool {
	_, ok := f.Elem().Child("text")
	return ok
}

// parted is as that of a field.
func (s *shape) parted() bool {
	if s.kind != List || s.elem == nil || s.elem.kind != Struct {
		return false
	}
	_, ok := s.elem.index["text"]
	return ok
}

// settle decides of places with texts and lists, once all is seen, whether they are a mix: columns always are.
func (s *shape) settle(depth int) {
	if s.texts && (depth < 2 || !s.parted()) {
		s.mix(s.widen, &budget{})
	}
	if s.texts {
		s.widen += ": read as either"
	}
	for _, f := range s.fields {
		f.settle(depth + 1)
	}
	if s.elem != nil {
		s.elem.settle(depth + 1)
	}
}

// either returns the text or the list of value i.
func (v *view) either(i int) Value {
	if x := v.children[0].at(i); !x.IsNull() {
		return x
	}
	return v.children[1].at(i)
}

// castTexts returns v, which holds texts or lists or both, as f, which holds both.
func (v *view) castTexts(f Field) *view {
	list := f
	list.Texts = false
	list.Type = typeOf(list)
	none := &view{field: Field{Name: f.Name, Kind: Null, Type: f.Type}, array: array.NewNull(v.length())}
	out := &view{field: f, text: textOrList, array: array.NewNull(0)}
	switch {
	case v.text == textOrList:
		out.children = []*view{v.children[0], v.children[1].cast(list)}
	case v.field.Kind == List:
		out.children = []*view{none, v.cast(list)}
	default:
		out.children = []*view{v, none}
	}
	return out
}

// fillEither appends a text or a list.
func (c *cell) fillEither(j *cursor) error {
	c.valid.add(true)
	child := c.children[0]
	if j.next() == '[' {
		child = c.children[1]
	}
	err := child.fill(j)
	c.close()
	return err
}
