package mapping

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// What templates see of values that are no text: they compare and walk like the Go values they are, and print as JSON
// does, not as Go does.
type (
	templateNumber float64
	templateList   []any
	templateObject map[string]any
	templateNull   map[string]any // an object that is null, whose fields can be asked for all the same
)

// String writes a number without an exponent where JSON has none.
func (n templateNumber) String() string { return jsonText(float64(n)) }
func (l templateList) String() string   { return jsonText([]any(l)) }
func (o templateObject) String() string { return jsonText(map[string]any(o)) }

func (o templateNull) String() string { return jsonText(map[string]any(o)) }

func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "null" // NaN and the infinities
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// templateValue is what a template sees of v. What is null is nothing of its kind: "", an empty list, an object whose
// fields are nothing, so that {{if}}, {{range}} and a chain of fields take it.
func templateValue(f dataset.Field, v dataset.Value) any {
	switch f.Kind {
	case dataset.List:
		list := make(templateList, 0, v.Len())
		for i := range v.Len() {
			list = append(list, templateValue(f.Elem(), v.Index(i)))
		}
		return list
	case dataset.Struct:
		object := make(templateObject, len(f.Children))
		for _, c := range f.Children {
			object[c.Name] = templateValue(c, v.Field(c.Name))
		}
		if v.IsNull() {
			return templateNull(object)
		}
		return object
	case dataset.Map:
		return templateMap(f, v)
	}
	return templateScalar(v)
}

func templateMap(f dataset.Field, v dataset.Value) templateObject {
	object := make(templateObject, v.Len())
	for i := range v.Len() {
		if e := v.Index(i); len(f.Children) == 2 {
			object[e.Field("key").Text()] = templateValue(f.Children[1], e.Field("value"))
		}
	}
	return object
}

func templateScalar(v dataset.Value) any {
	if n, ok := v.Int(); ok {
		return n
	}
	if x, ok := v.Float(); ok {
		return templateNumber(x)
	}
	if b, ok := v.Bool(); ok {
		return b
	}
	return textOfValue(v)
}
