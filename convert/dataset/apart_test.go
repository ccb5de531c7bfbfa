package dataset

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApart(t *testing.T) {
	columns, _, err := columnsOf(schemaOf(t, `
	optional bytes a UTF8
	optional int32 a
	optional int32 a_1
	optional int64 a
	optional group s
		optional int32 x
		optional int32 x
	optional group m MAP
		repeated group entries
			required bytes k UTF8
			optional int32 k
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var list func(at string, fields []Field)
	list = func(at string, fields []Field) {
		for _, f := range fields {
			line := at + f.Name + ": " + f.Type
			if f.Renamed {
				line += " was " + f.Original
			}
			got = append(got, line)
			list(at+f.Name+".", f.Children)
		}
	}
	for _, n := range columns {
		list("", []Field{n.field})
	}
	want := []string{
		"a: string", "a_2: int32 was a", "a_1: int32", "a_3: int64 was a",
		"s: struct<x: int32, x_1: int32>", "s.x: int32", "s.x_1: int32 was x",
		"m: map<string, int32>", "m.key: string", "m.value: int32",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	entry := columns[len(columns)-1].children[0]
	if names := fmt.Sprint(entry.children[0].field.Name, " ", entry.children[1].field.Name); names != "key value" {
		t.Errorf("rows find the entries of a map under %q, want key and value", names)
	}
}
