package dataset

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// ipcNode returns what an Arrow field is as a column. Types of which rows can show nothing are columns of nulls.
func ipcNode(name string, t arrow.DataType) *node {
	n := &node{field: Field{Name: name}, arrow: t}
	switch t := t.(type) {
	case arrow.ExtensionType:
		n = ipcNode(name, t.StorageType())
		if t.ExtensionName() == "arrow.json" && n.field.Kind == String {
			n.text, n.field.Type = embeddedJSON, "json"
		}
	case *arrow.DictionaryType:
		n = ipcNode(name, t.ValueType)
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		elem := ipcNode("element", t.(arrow.ListLikeType).Elem())
		n.children = []*node{elem}
		n.field.Kind, n.field.Children, n.field.Type = List, []Field{elem.field}, "list<"+elem.field.Type+">"
	case *arrow.MapType:
		entry := ipcStruct("entries", t.Elem().(*arrow.StructType))
		if len(entry.children) != 2 {
			n.field.Type = "unreadable map"
			return n
		}
		for i, name := range []string{"key", "value"} {
			entry.children[i].field.Name = name
			entry.field.Children[i] = entry.children[i].field
		}
		n.children = []*node{entry}
		n.field.Kind, n.field.Children = Map, entry.field.Children
		n.field.Type = typeOf(n.field)
	case *arrow.StructType:
		return ipcStruct(name, t)
	default:
		n.field.Kind, n.field.Type = ipcScalar(t)
	}
	return n
}

func ipcStruct(name string, t *arrow.StructType) *node {
	n := &node{field: Field{Name: name}, arrow: t}
	for _, f := range t.Fields() {
		n.children = append(n.children, ipcNode(f.Name, f.Type))
	}
	n.asStruct()
	n.arrow = t
	return n
}

// ipcScalar returns the kind and the name of a type that nests nothing.
func ipcScalar(t arrow.DataType) (Kind, string) {
	switch t.ID() {
	case arrow.NULL:
		return Null, "null"
	case arrow.BOOL:
		return Bool, "bool"
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64:
		return Int, t.Name()
	case arrow.FLOAT16, arrow.FLOAT32, arrow.FLOAT64:
		return Float, map[arrow.Type]string{arrow.FLOAT16: "float16", arrow.FLOAT32: "float", arrow.FLOAT64: "double"}[t.ID()]
	case arrow.STRING, arrow.LARGE_STRING, arrow.STRING_VIEW:
		return String, "string"
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.BINARY_VIEW, arrow.FIXED_SIZE_BINARY:
		return Binary, "binary"
	case arrow.TIMESTAMP, arrow.DATE32, arrow.TIME32, arrow.TIME64, arrow.DECIMAL128, arrow.DECIMAL256:
		return Other, t.String()
	}
	return Null, "unreadable " + t.Name()
}

// errBounds reports arrays whose parts do not fit together.
var errBounds = errors.New("its offsets do not fit its values")

// ipcView returns the view of an array from a file, once everything that reading it will rely on was checked.
func ipcView(arr arrow.Array, n *node) (*view, error) {
	if ext, ok := arr.(array.ExtensionArray); ok {
		arr = ext.Storage()
	}
	if arr.Len() > 0 {
		arr.IsNull(arr.Len() - 1) // the bitmap is as long as it must be, or this panics, for which there is a net
	}
	v := &view{field: n.field, text: n.text, array: arr}
	switch a := arr.(type) {
	case *array.Dictionary:
		return dictionaryView(a, n)
	case *array.List:
		return v, v.elements(a.ListValues(), n, a.Len(), func(i int) (from, to int64) { return a.ValueOffsets(i) })
	case *array.LargeList:
		return v, v.elements(a.ListValues(), n, a.Len(), func(i int) (from, to int64) { return a.ValueOffsets(i) })
	case *array.Map:
		return v, v.elements(a.ListValues(), n, a.Len(), func(i int) (from, to int64) { return a.ValueOffsets(i) })
	case *array.FixedSizeList:
		return v, v.elements(a.ListValues(), n, a.Len(), func(i int) (from, to int64) { return a.ValueOffsets(i) })
	case *array.Struct:
		for i, c := range n.children {
			child, err := ipcView(a.Field(i), c)
			if err != nil {
				return nil, err
			}
			if child.length() < a.Len() {
				return nil, errBounds
			}
			v.children = append(v.children, child)
		}
		return v, nil
	}
	if n.field.Kind == Null {
		return nothing(n.field, arr.Len()), nil
	}
	return v, v.scalars()
}

// length returns how many values a view has.
func (v *view) length() int {
	if v.keys != nil {
		return v.keys.Len()
	}
	if v.text == textOrList && v.array.Len() == 0 {
		return v.children[0].length()
	}
	return v.array.Len()
}

// elements makes v a list of values, of which span says where those of each list are.
func (v *view) elements(values arrow.Array, n *node, rows int, span func(i int) (from, to int64)) error {
	child, err := ipcView(values, n.children[0])
	if err != nil {
		return err
	}
	v.children = []*view{child}
	v.offsets = make([]int32, rows+1)
	for i := range rows {
		from, to := span(i)
		if i == 0 && from >= 0 && from <= math.MaxInt32 {
			v.offsets[0] = int32(from)
		}
		if from != int64(v.offsets[i]) || to < from || to > int64(child.length()) || to > math.MaxInt32 {
			return errBounds
		}
		v.offsets[i+1] = int32(to)
	}
	return nil
}

// scalars checks an array of scalars and makes it readable.
func (v *view) scalars() error {
	switch a := v.array.(type) {
	case *array.String:
		v.strings = a
	case *array.LargeString:
		v.strings = a
	case *array.StringView:
		v.strings = a
	case bytesArray:
		if v.field.Kind == Binary {
			v.bytes = a
		}
	}
	last := -1
	for i := range v.array.Len() { // what does not fit panics here, for which there is a net, and not where rows are read
		if v.array.IsNull(i) {
			continue
		}
		last = i
		switch {
		case v.strings != nil:
			_ = v.strings.Value(i)
		case v.bytes != nil:
			_ = v.bytes.Value(i)
		}
	}
	if last >= 0 && v.strings == nil && v.bytes == nil {
		_ = v.at(last).Text() // the values before it have the same width and lie before it
	}
	return nil
}

func dictionaryView(a *array.Dictionary, n *node) (*view, error) {
	v, err := ipcView(a.Dictionary(), n)
	if err != nil || v.keys != nil {
		return nil, cmpErr(err, errors.New("a dictionary of a dictionary"))
	}
	for i := range a.Len() {
		if a.IsNull(i) {
			continue
		}
		if k := a.GetValueIndex(i); k < 0 || k >= v.array.Len() {
			return nil, fmt.Errorf("entry %d of a dictionary of %d", k, v.array.Len())
		}
	}
	v.keys = a
	return v, nil
}

func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
