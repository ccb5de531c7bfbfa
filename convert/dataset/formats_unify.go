package dataset

import (
	"errors"
	"fmt"
	"slices"
)

// errUnlike reports two types of which no type holds the values of both.
var errUnlike = errors.New("no type holds both")

// Unify returns the schema that holds the rows of several files: the columns of all of them in the order in which they
// first come, each with the narrowest type for its values. Nulls take any type, whole numbers among others are numbers, and
// scalars of other different types are text. Columns that are each other's [Schema.Counterpart] are one, by the name that
// comes first. The labels of a column are those of the first schema that has some.
//
// Why a type is wider than in some file is told in widened, by the index of that file and column. A column for whose types
// there is no common one keeps the first type, and is in unlike under its name with the index of the file that differs.
func Unify(schemas []Schema) (all Schema, widened []Widened, unlike map[string]int) {
	unlike = map[string]int{}
	all.Labels = map[string][]string{}
	for i, s := range schemas {
		for _, f := range s.Fields {
			at := all.place(s, f)
			if at < 0 {
				all.label(f.Name, s.Labels[f.Name])
				all.Fields = append(all.Fields, f)
				if i > 0 {
					widened = append(widened, Widened{Column: f.Name, File: i, Missing: true})
				}
				continue
			}
			was := all.Fields[at]
			all.label(was.Name, s.Labels[f.Name])
			wide, err := unify(was, f)
			wide.Name = was.Name
			switch {
			case err != nil:
				if _, known := unlike[was.Name]; !known {
					unlike[was.Name] = i
				}
			case wide.Type != was.Type || wide.Type != f.Type:
				widened = append(widened, Widened{Column: was.Name, File: i, From: was.Type, With: f.Type, To: wide.Type})
				all.Fields[at] = wide
			}
		}
	}
	for i, s := range schemas {
		for _, f := range all.Fields {
			if _, ok := s.Counterpart(all, f.Name); !ok && i > 0 {
				widened = append(widened, Widened{Column: f.Name, File: i, Lacks: true})
			}
		}
	}
	return all, widened, unlike
}

// place returns the index of the column that f, of the schema other, is a part of; -1 when it is a new one.
func (s Schema) place(other Schema, f Field) int {
	one, ok := s.Counterpart(other, f.Name)
	if !ok {
		return -1
	}
	return slices.IndexFunc(s.Fields, func(c Field) bool { return c.Name == one.Name })
}

// label keeps the labels of a column that has none yet.
func (s Schema) label(column string, labels []string) {
	if s.Labels[column] == nil && labels != nil {
		s.Labels[column] = labels
	}
}

// Widened tells why a column has another type than in one of its files.
type Widened struct {
	Column         string
	File           int    // index of the file that made it so
	From, With, To string // types: before, of the file, and what holds both
	Missing        bool   // no file before it has the column
	Lacks          bool   // the file does not have the column
}

// unify returns a field that holds the values of a and b.
func unify(a, b Field) (Field, error) {
	switch {
	case a.Kind == Null:
		b.Renamed, b.Original = a.Renamed, a.Original
		return b, nil
	case b.Kind == Null:
		return a, nil
	case a.Kind == b.Kind && (a.Kind == List || a.Kind == Struct || a.Kind == Map):
		return unifyNested(a, b)
	case a.Kind == b.Kind && (a.Type == b.Type || a.Kind == String || a.Kind == Binary || a.Kind == Bool):
		return a, nil
	case isNested(a) || isNested(b) || isMixed(a) || isMixed(b):
		return a, errUnlike
	case a.Kind == Int && b.Kind == Int:
		a.Type = "int64"
		return a, nil
	case isNumber(a.Kind) && isNumber(b.Kind):
		a.Kind, a.Type = Float, "double"
		return a, nil
	}
	a.Kind, a.Type = String, "string"
	return a, nil
}

func isNested(f Field) bool { return f.Kind == List || f.Kind == Struct || f.Kind == Map }
func isMixed(f Field) bool  { return f.Kind == Other && f.Type == "json" }

// unifyInner unifies what is in something else, where texts and lists of parts go together.
func unifyInner(a, b Field) (Field, error) {
	switch {
	case a.Kind == String && b.Kind == List && parted(b):
		b.Name, b.Renamed, b.Original = a.Name, a.Renamed, a.Original
		return withTexts(b), nil
	case a.Kind == List && b.Kind == String && parted(a):
		return withTexts(a), nil
	}
	return unify(a, b)
}

// unifyNested unifies what is in two lists, structs or maps.
func unifyNested(a, b Field) (Field, error) {
	out := a
	out.Children, out.Texts = nil, false
	for i, c := range a.Children {
		other, ok := b.Child(c.Name)
		if a.Kind == List {
			other, ok = b.Elem(), true
		}
		if a.Kind == Map && i < len(b.Children) {
			other, ok = b.Children[i], true
		}
		if ok {
			var err error
			if c, err = unifyInner(c, other); err != nil {
				return a, fmt.Errorf("%s: %w", c.Name, err)
			}
		}
		out.Children = append(out.Children, c)
	}
	if a.Kind == Struct {
		for _, c := range b.Children {
			if _, ok := a.Child(c.Name); !ok {
				out.Children = append(out.Children, c)
			}
		}
	}
	out.Type = typeOf(out)
	if a.Texts || b.Texts {
		out = withTexts(out)
	}
	return out, nil
}

// typeOf returns the type of a list, struct or map from what is in it.
func typeOf(f Field) string {
	switch f.Kind {
	case List:
		return "list<" + f.Elem().Type + ">"
	case Map:
		return "map<" + f.Children[0].Type + ", " + f.Children[1].Type + ">"
	}
	fields := make([]*node, len(f.Children))
	for i, c := range f.Children {
		fields[i] = &node{field: c}
	}
	return structType(fields)
}
