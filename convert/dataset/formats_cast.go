package dataset

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// Cast returns t with the columns of s, which [Unify] made of its schema and others: those that t lacks are null, values
// of a narrower type are those of the wider. Labels stay those of t. It takes t over.
func Cast(t Table, s Schema) Table {
	own := t.Schema()
	s.Labels = own.Labels
	if s.String() == own.String() {
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
			if _, ok := c.Table.Schema().Column(f.Name); ok {
				own = append(own, f.Name)
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
				b = b.cast(fields)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// cast returns the batch with these columns.
func (b *Batch) cast(fields []Field) *Batch {
	out := *b
	out.columns = nil
	for _, f := range fields {
		i := slices.IndexFunc(b.columns, func(v *view) bool { return v.field.Name == f.Name })
		if i < 0 {
			out.columns = append(out.columns, nothing(f, b.NumRows()))
			continue
		}
		out.columns = append(out.columns, b.columns[i].cast(f))
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
	case from.Kind == Null || isNested(from) != isNested(f) || isNested(f) && from.Kind != f.Kind:
		return nothing(f, v.array.Len())
	case f.Kind == from.Kind && f.Type == from.Type:
		return v
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
	return nothing(c, v.array.Len())
}

func (v *view) with(f Field, children []*view) *view {
	out := *v
	out.field, out.children = f, children
	return &out
}

// asText carries scalars as their text, which is the value of a String and the literal of a Float.
func (v *view) asText(f Field) *view {
	n := v.array.Len()
	if v.keys != nil {
		n = v.keys.Len()
	}
	to := newVector(scalar{arrow: arrow.BinaryTypes.String})
	for i := range n {
		if x := v.at(i); x.IsNull() {
			to.null()
		} else {
			to.data = x.AppendText(to.data)
			to.end()
		}
	}
	as := &node{field: f}
	if f.Kind != String {
		as.text = literal
	}
	return newView(to.array(), as)
}
