package dataset

import (
	"fmt"
	"strings"
)

// Kind says which accessor of [Value] applies.
type Kind uint8

// The kinds of values a dataset column or field can hold.
const (
	Null   Kind = iota // a column that is all null, or a null value
	Bool               // true or false
	Int                // signed or unsigned integers of any width
	Float              // float16, float32, float64
	String             // text; may still be invalid UTF-8, readers do not check it
	Binary             // bytes that are not text
	Other              // timestamps, decimals, dates: Text gives RFC 3339 or exact decimal text
	List               // elements, through Len and Index
	Struct             // named fields, through Field
	Map                // key/value entries, through Len and Index (each entry a struct of key and value)
)

// Field describes a column, or a field nested inside one.
type Field struct {
	Name     string
	Kind     Kind
	Type     string  // as a person writes it: "string", "int64", "list<struct<role: string, content: string>>"
	Children []Field // the element of a list, the fields of a struct, the key and value of a map

	// Texts says of a List that some of its values are a text instead: [Value.Kind] is String for those.
	Texts bool

	// Renamed says that an earlier column, or field of the same struct, has the name that this one has in the file, which
	// is Original. Name is then that name with "_1", "_2" and so on behind it, the first that no other has.
	Renamed  bool
	Original string
}

// Child returns the nested field called name, and whether there is one.
func (f Field) Child(name string) (Field, bool) {
	for _, c := range f.Children {
		if c.Name == name {
			return c, true
		}
	}
	return Field{}, false
}

// Elem returns the element of a list, or the zero Field.
func (f Field) Elem() Field {
	if f.Kind == List && len(f.Children) == 1 {
		return f.Children[0]
	}
	return Field{}
}

// Schema is the columns of a file, in file order, with the labels of its ClassLabel columns.
type Schema struct {
	Fields []Field
	Labels map[string][]string // column -> class names, from the `huggingface` features in the footer
}

// Column returns the column called exactly name, and whether there is one.
func (s Schema) Column(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Counterpart returns the column that is what the column called name is in another schema: the one of the same name or, when
// neither schema has that, of a name that differs in case and white space around it alone.
func (s Schema) Counterpart(other Schema, name string) (Field, bool) {
	f, ok := s.like(name)
	back, alike := other.like(f.Name)
	return f, ok && alike && back.Name == name
}

// like returns the column called name, exactly or, when none is, the first that is called so but for case and white space.
func (s Schema) like(name string) (Field, bool) {
	if f, ok := s.Column(name); ok {
		return f, true
	}
	for _, f := range s.Fields {
		if fold(f.Name) == fold(name) {
			return f, true
		}
	}
	return Field{}, false
}

// fold returns what names have in common that are alike.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// maxListed is how many columns an error lists before it only counts.
const maxListed = 40

// brief is String, cut short where there are many columns.
func (s Schema) brief() string {
	more := len(s.Fields) - maxListed
	if more <= 0 {
		return s.String()
	}
	return fmt.Sprintf("%s and %d more", Schema{Fields: s.Fields[:maxListed]}, more)
}

// String returns the columns with their types, as in "id: int64, text: string".
func (s Schema) String() string {
	var b strings.Builder
	for i, f := range s.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f.Name + ": " + f.Type)
	}
	return b.String()
}
