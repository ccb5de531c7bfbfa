package dataset

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Cast returns t with the columns of s, which [Unify] made of its schema and others: those that t lacks are null, values
// of a narrower type are those of the wider, and numbers of classes are the names where that is text. Labels are those of t
// where it has some. It takes t over.
func Cast(t Table, s Schema) Table {
	own := t.Schema()
	labels := map[string][]string{}
	maps.Copy(labels, s.Labels)
	for _, f := range s.Fields {
		if mine, ok := own.Counterpart(s, f.Name); ok && own.Labels[mine.Name] != nil {
			labels[f.Name] = own.Labels[mine.Name]
		}
	}
	s.Labels = labels
	if s.String() == own.String() && len(labels) == len(own.Labels) {
		return t
	}
	c := castTable{t, s}
	if k, ok := t.(keeper); ok {
		return castKeeper{c, k}
	}
	return c
}

// keeper is a table whose batches can outlive the next ones.
type keeper interface {
	BatchesKept(ctx context.Context, columns []string, keep int) iter.Seq2[*Batch, error]
}

type castTable struct {
	Table
	schema Schema
}

type castKeeper struct {
	castTable
	keeper keeper
}

// Schema implements [Table].
func (c castTable) Schema() Schema { return c.schema }

// Batches implements [Table].
func (c castTable) Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error] {
	return c.cast(columns, func(own []string) iter.Seq2[*Batch, error] { return c.Table.Batches(ctx, own) })
}

// BatchesKept is as that of [File].
func (c castKeeper) BatchesKept(ctx context.Context, columns []string, keep int) iter.Seq2[*Batch, error] {
	return c.cast(columns, func(own []string) iter.Seq2[*Batch, error] { return c.keeper.BatchesKept(ctx, own, keep) })
}

// cast casts the batches that inner yields for those of the columns (nil: all) that the file has.
func (c castTable) cast(columns []string, inner func(own []string) iter.Seq2[*Batch, error]) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		var fields []Field
		own := []string{}
		for _, f := range c.schema.Fields {
			if columns != nil && !slices.Contains(columns, f.Name) {
				continue
			}
			fields = append(fields, f)
			if mine, ok := c.Table.Schema().Counterpart(c.schema, f.Name); ok {
				own = append(own, mine.Name)
			}
		}
		for _, name := range columns {
			if _, ok := c.schema.Column(name); !ok {
				yield(nil, fmt.Errorf("%w: %q; the files have %s", ErrNoColumn, name, c.schema.brief()))
				return
			}
		}
		for b, err := range inner(own) {
			if err == nil {
				b = b.cast(c, fields)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// cast returns the batch of a table with these columns.
func (b *Batch) cast(t castTable, fields []Field) *Batch {
	own := t.Table.Schema()
	out := *b
	out.columns = nil
	for _, f := range fields {
		mine, ok := own.Counterpart(t.schema, f.Name)
		i := slices.IndexFunc(b.columns, func(v *view) bool { return ok && v.field.Name == mine.Name })
		switch {
		case i < 0:
			out.columns = append(out.columns, nothing(f, b.NumRows()))
		case f.Kind == String && own.Labels[mine.Name] != nil:
			out.columns = append(out.columns, b.columns[i].asNames(f, own.Labels[mine.Name]))
		default:
			out.columns = append(out.columns, b.columns[i].cast(f))
		}
	}
	return &out
}

// nothing is n nulls of a field.
func nothing(f Field, n int) *view {
	return &view{field: Field{Name: f.Name, Kind: Null, Type: f.Type}, array: array.NewNull(n)}
}

// cast returns v as what f says. What f cannot hold is null: who asks for such a column has been told.
func (v *view) cast(f Field) *view {
	from := v.field
	switch {
	case f.Texts && (from.Kind == String || from.Kind == List) && f.Type != from.Type:
		return v.castTexts(f)
	case from.Kind == Null || isNested(from) != isNested(f) || isNested(f) && from.Kind != f.Kind:
		return nothing(f, v.length())
	case f.Kind == from.Kind && f.Type == from.Type:
		return v.with(f, v.children)
	case from.Kind == Map:
		entry := v.children[0].field
		entry.Children = f.Children
		return v.with(f, []*view{v.children[0].cast(entry)})
	case from.Kind == List:
		return v.with(f, []*view{v.children[0].cast(f.Elem())})
	case from.Kind == Struct:
		var children []*view
		for _, c := range f.Children {
			children = append(children, v.fieldAs(c))
		}
		return v.with(f, children)
	case from.Kind == f.Kind:
		return v.with(f, nil)
	}
	return v.asText(f)
}

// fieldAs returns the field of a struct's values that c names.
func (v *view) fieldAs(c Field) *view {
	for _, child := range v.children {
		if child.field.Name == c.Name {
			return child.cast(c)
		}
	}
	return nothing(c, v.length())
}

func (v *view) with(f Field, children []*view) *view {
	out := *v
	out.field, out.children = f, children
	return &out
}

// asText carries scalars as their text, which is the value of a String and the literal of a Float.
func (v *view) asText(f Field) *view {
	return v.asTexts(f, func(dst []byte, x Value) ([]byte, bool) { return x.AppendText(dst), true })
}

// asNames carries the numbers of classes as their names. What is the number of none is null, as it is to who has the names.
func (v *view) asNames(f Field, names []string) *view {
	return v.asTexts(f, func(dst []byte, x Value) ([]byte, bool) {
		n, ok := x.Int()
		if !ok || n < 0 || n >= int64(len(names)) {
			return dst, false
		}
		return append(dst, names[n]...), true
	})
}

// asTexts carries values as what is appended for them; as nulls where that is nothing.
func (v *view) asTexts(f Field, appendTo func([]byte, Value) ([]byte, bool)) *view {
	to := newVector(scalar{arrow: arrow.BinaryTypes.String})
	for i := range v.length() {
		ok := false
		if x := v.at(i); !x.IsNull() {
			to.data, ok = appendTo(to.data, x)
		}
		if ok {
			to.end()
		} else {
			to.null()
		}
	}
	as := &node{field: f}
	if f.Kind != String {
		as.text = literal
	}
	return newView(to.array(), as)
}
