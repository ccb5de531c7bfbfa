package mapping_test

import (
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// Constructors of schemas. Types are written as package dataset writes them.

func scalar(k dataset.Kind, typ string, names ...string) []dataset.Field {
	var fields []dataset.Field
	for _, n := range names {
		fields = append(fields, dataset.Field{Name: n, Kind: k, Type: typ})
	}
	return fields
}

func str(names ...string) []dataset.Field { return scalar(dataset.String, "string", names...) }
func num(names ...string) []dataset.Field { return scalar(dataset.Int, "int64", names...) }

func list(name string, elem dataset.Field) []dataset.Field {
	elem.Name = "element"
	return []dataset.Field{{Name: name, Kind: dataset.List, Type: "list<" + elem.Type + ">", Children: []dataset.Field{elem}}}
}

func texts(name string) []dataset.Field { return list(name, str("")[0]) }

func group(name string, parts ...[]dataset.Field) []dataset.Field {
	f := dataset.Field{Name: name, Kind: dataset.Struct}
	var types []string
	for _, p := range parts {
		for _, c := range p {
			f.Children = append(f.Children, c)
			types = append(types, c.Name+": "+c.Type)
		}
	}
	f.Type = "struct<" + strings.Join(types, ", ") + ">"
	return []dataset.Field{f}
}

func chat(name string, fields ...string) []dataset.Field {
	if fields == nil {
		fields = []string{"content", "role"}
	}
	return list(name, group("", str(fields...))[0])
}

func schema(parts ...[]dataset.Field) dataset.Schema {
	var s dataset.Schema
	for _, p := range parts {
		s.Fields = append(s.Fields, p...)
	}
	return s
}
