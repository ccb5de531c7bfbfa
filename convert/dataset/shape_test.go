package dataset

import (
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// schemaOf reads a schema as it is printed, one element per line: repetition, type or group, name
// and annotation, children indented by a tab.
func schemaOf(t *testing.T, text string) []format.SchemaElement {
	t.Helper()
	elements := []format.SchemaElement{{Name: "schema"}}
	parents := []int{0}
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, "\t")) - 1
		words := strings.Fields(line)
		e := format.SchemaElement{Name: words[2]}
		e.RepetitionType = thrift.New(map[string]format.FieldRepetitionType{
			"required": format.Required, "optional": format.Optional, "repeated": format.Repeated}[words[0]])
		if kind, ok := map[string]format.Type{"int32": format.Int32, "int64": format.Int64, "bytes": format.ByteArray, "flba": format.FixedLenByteArray}[words[1]]; ok {
			e.Type = thrift.New(kind)
		}
		if len(words) > 3 {
			e.ConvertedType = thrift.New(map[string]deprecated.ConvertedType{
				"LIST": deprecated.List, "MAP": deprecated.Map, "MAP_KEY_VALUE": deprecated.MapKeyValue,
				"UTF8": deprecated.UTF8, "JSON": deprecated.Json, "INT_8": deprecated.Int8,
			}[words[3]])
		}
		parents = append(parents[:depth+1], len(elements))
		elements = append(elements, e)
		parent := &elements[parents[depth]]
		parent.NumChildren = thrift.New(parent.NumChildren.V + 1)
	}
	return elements
}

// The rules by which writers of all ages express lists and maps.
func TestColumnsOf_lists(t *testing.T) {
	tests := []struct{ name, schema, want string }{
		{"three levels", `
	optional group l LIST
		repeated group list
			optional bytes element UTF8`, "list<string>"},
		{"three levels under old names", `
	optional group l LIST
		repeated group bag
			optional int32 array_element`, "list<int32>"},
		{"two levels", `
	optional group l LIST
		repeated int32 element`, "list<int32>"},
		{"a repeated group of several fields is the element", `
	optional group l LIST
		repeated group element
			required bytes a UTF8
			required int32 b`, "list<struct<a: string, b: int32>>"},
		{"so is one called array", `
	optional group l LIST
		repeated group array
			required bytes a UTF8`, "list<struct<a: string>>"},
		{"and one called after the list", `
	optional group l LIST
		repeated group l_tuple
			required bytes a UTF8`, "list<struct<a: string>>"},
		{"and one whose only field is repeated", `
	optional group l LIST
		repeated group list
			repeated int32 a`, "list<struct<a: list<int32>>>"},
		{"a list of lists of two levels", `
	optional group l LIST
		repeated group array LIST
			repeated int32 array`, "list<list<int32>>"},
		{"a repeated field without a list", `
	repeated int64 l`, "list<int64>"},
		{"a repeated group without a list", `
	repeated group l
		required int64 a
		repeated bytes b`, "list<struct<a: int64, b: list<binary>>>"},
		{"map", `
	optional group m MAP
		repeated group key_value
			required bytes key UTF8
			optional group value LIST
				repeated group list
					optional int32 element`, "map<string, list<int32>>"},
		{"map under old names", `
	optional group m MAP_KEY_VALUE
		repeated group map
			required int32 k
			optional int32 v`, "map<int32, int32>"},
		{"map without values", `
	optional group m MAP
		repeated group key_value
			required int32 key`, "list<int32>"},
		{"a list that is none", `
	optional group l LIST
		optional int32 a
		optional int32 b`, "struct<a: int32, b: int32>"},
		{"an annotation that does not fit", `
	optional int64 a UTF8`, "int64"},
		{"json", `
	optional bytes a JSON`, "json"},
		{"narrow", `
	optional int32 a INT_8`, "int8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			columns, _, err := columnsOf(schemaOf(t, tt.schema))
			if err != nil {
				t.Fatal(err)
			}
			if got := columns[0].field.Type; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestColumnsOf_damaged(t *testing.T) {
	var deep strings.Builder
	for i := range maxNesting + 1 {
		deep.WriteString(strings.Repeat("\t", i+1) + "optional group g\n")
	}
	deep.WriteString(strings.Repeat("\t", maxNesting+2) + "optional int32 x\n")
	missing := schemaOf(t, "\n\toptional group g\n\t\toptional int32 x\n")
	missing[1].NumChildren.V = 1 << 30
	stray := append(schemaOf(t, "\n\toptional int32 x\n"), format.SchemaElement{Name: "y", Type: thrift.New(format.Int32)})
	for name, tt := range map[string]struct {
		elements []format.SchemaElement
		want     string
	}{
		"nothing":             {nil, "no schema"},
		"children missing":    {missing, "ends early"},
		"children too many":   {stray, "belong to no column"},
		"too deep":            {schemaOf(t, deep.String()), "nests deeper"},
		"a group of nothing":  {schemaOf(t, "\n\toptional group g\n"), "group of nothing"},
		"bytes of no length":  {schemaOf(t, "\n\toptional flba x\n"), "values of 0 bytes"},
		"no such repetition":  {[]format.SchemaElement{{NumChildren: thrift.New(int32(1))}, {RepetitionType: thrift.New(format.FieldRepetitionType(7))}}, "repetition 7"},
		"no such type at all": {[]format.SchemaElement{{NumChildren: thrift.New(int32(1))}, {Type: thrift.New(format.Type(-7))}}, "physical type -7"},
	} {
		if _, _, err := columnsOf(tt.elements); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
}
