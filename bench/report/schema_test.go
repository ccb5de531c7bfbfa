package report

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

const schemaFile = "../../schemas/report.schema.json"

// The schema of the JSON report is made from the types that are written, so that it says neither more nor less.
func TestSchema_isThatOfTheTypes(t *testing.T) {
	schema := typeSchema(reflect.TypeFor[Document]())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["$id"] = "https://github.com/promptmill/promptmill/schemas/report.schema.json"
	schema["title"] = "Report"
	schema["description"] = "What `promptmill report --format json` writes. Times are in seconds; docs/metrics.md says what each figure is. New members do not change schema_version."
	want, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil || string(got) != string(want) {
		t.Errorf("%s is not that of the types, %v; go test -update writes it", schemaFile, err)
	}
}

// typeSchema is the schema of what package json writes of a type.
func typeSchema(typ reflect.Type) map[string]any {
	switch {
	case typ == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case typ == reflect.TypeFor[json.RawMessage]() || typ.Kind() == reflect.Interface:
		return map[string]any{}
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return typeSchema(typ.Elem())
	case reflect.Struct:
		object := map[string]any{"type": "object", "properties": map[string]any{}, "required": []string{}}
		addFields(object, typ)
		return object
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": typeSchema(typ.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": typeSchema(typ.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64, reflect.Float32:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}

// addFields adds the members of a struct, those of what it embeds among them.
func addFields(object map[string]any, typ reflect.Type) {
	for f := range typ.Fields() {
		if f.Anonymous {
			addFields(object, f.Type)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		object["properties"].(map[string]any)[name] = typeSchema(f.Type)
		if !strings.Contains(options, "omit") {
			object["required"] = append(object["required"].([]string), name)
		}
	}
}
