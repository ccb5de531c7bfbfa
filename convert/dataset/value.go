package dataset

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// view is an arrow array with what it means to its column.
type view struct {
	field    Field
	text     special
	array    arrow.Array
	strings  textArray         // of a String
	literal  *array.String     // of what is carried as its JSON text
	keys     *array.Dictionary // of a dictionary: the array holds its values, each once
	bytes    bytesArray        // of a Binary
	offsets  []int32           // of a List or Map: where the elements of each value begin, and the end
	children []*view           // as in node
}

// bytesArray is an array of byte slices, of one length or of several.
type bytesArray interface{ Value(i int) []byte }

// textArray is an array of texts, whatever the width of its offsets.
type textArray interface{ Value(i int) string }

// newView returns the view of arr, whose type is that of n.
func newView(arr arrow.Array, n *node) *view {
	v := &view{field: n.field, text: n.text, array: arr}
	switch a := arr.(type) {
	case *array.String:
		if n.text == literal {
			v.literal = a
		} else {
			v.strings = a
		}
	case *array.List:
		v.offsets = a.Offsets()
		v.children = []*view{newView(a.ListValues(), n.children[0])}
	case *array.Struct:
		for i, c := range n.children {
			v.children = append(v.children, newView(a.Field(i), c))
		}
	case bytesArray:
		if n.field.Kind == Binary {
			v.bytes = a
		}
	}
	return v
}

// at returns the i-th value, which is the zero Value if it is null.
func (v *view) at(i int) Value {
	if v.text == textOrList {
		return v.either(i)
	}
	if v.keys != nil {
		if v.keys.IsNull(i) {
			return Value{}
		}
		i = v.keys.GetValueIndex(i)
	}
	if v.array.IsNull(i) {
		return Value{}
	}
	return Value{v, i}
}

// Value is a view of one cell or of something nested in one. The zero Value is null. Accessors that
// do not fit the kind of the value return zero values.
type Value struct {
	view *view
	i    int
}

// Kind returns the kind of the value; Null for a null of any type.
func (v Value) Kind() Kind {
	if v.view == nil {
		return Null
	}
	return v.view.field.Kind
}

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.Kind() == Null }

// Str returns the bytes of a String (or Binary) without copying: valid until the batch is. They may
// be invalid UTF-8.
func (v Value) Str() string {
	switch {
	case v.view == nil:
		return ""
	case v.view.strings != nil:
		return v.view.strings.Value(v.i)
	case v.view.bytes != nil:
		return viewString(v.view.bytes.Value(v.i))
	}
	return ""
}

// Int returns an Int, and whether the value is one. A uint64 beyond the range of n is not; its Text
// is exact.
func (v Value) Int() (n int64, ok bool) {
	if v.Kind() != Int {
		return 0, false
	}
	if v.view.literal != nil {
		return parseInt(v.view.literal.Value(v.i))
	}
	switch a := v.view.array.(type) {
	case *array.Int64:
		return a.Value(v.i), true
	case *array.Int32:
		return int64(a.Value(v.i)), true
	case *array.Int16:
		return int64(a.Value(v.i)), true
	case *array.Int8:
		return int64(a.Value(v.i)), true
	case *array.Uint64:
		u := a.Value(v.i)
		return int64(u), u>>63 == 0
	case *array.Uint32:
		return int64(a.Value(v.i)), true
	case *array.Uint16:
		return int64(a.Value(v.i)), true
	case *array.Uint8:
		return int64(a.Value(v.i)), true
	}
	return 0, false
}

// Float returns a Float, and whether the value is one.
func (v Value) Float() (x float64, ok bool) {
	if v.view == nil {
		return 0, false
	}
	if v.view.literal != nil {
		return parseFloat(v)
	}
	switch a := v.view.array.(type) {
	case *array.Float64:
		return a.Value(v.i), true
	case *array.Float32:
		return float64(a.Value(v.i)), true
	case *array.Float16:
		return float64(a.Value(v.i).Float32()), true
	}
	return 0, false
}

// Bool returns a Bool, and whether the value is one.
func (v Value) Bool() (b, ok bool) {
	if v.view == nil {
		return false, false
	}
	if v.view.literal != nil {
		return v.view.literal.Value(v.i) == "true", v.Kind() == Bool
	}
	a, ok := v.view.array.(*array.Boolean)
	return ok && a.Value(v.i), ok
}

// Len returns the number of elements of a List or Map.
func (v Value) Len() int {
	if v.view == nil || v.view.offsets == nil {
		return 0
	}
	return int(v.view.offsets[v.i+1] - v.view.offsets[v.i])
}

// Index returns element i of a List or Map; that of a Map is a Struct of key and value. It panics
// when there is none.
func (v Value) Index(i int) Value {
	if n := v.Len(); i < 0 || i >= n {
		panic("dataset: Value.Index out of range")
	}
	return v.view.children[0].at(int(v.view.offsets[v.i]) + i)
}

// Field returns the field called name of a Struct; null when there is none.
func (v Value) Field(name string) Value {
	if v.Kind() != Struct {
		return Value{}
	}
	for _, c := range v.view.children {
		if c.field.Name == name {
			return c.at(v.i)
		}
	}
	return Value{}
}
