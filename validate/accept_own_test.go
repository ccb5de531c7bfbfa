package validate

import "testing"

// ownSchemas have every keyword that a shape knows, and some that it does not.
var ownSchemas = []string{
	`{"type":"object","properties":{"a":{"type":"string","minLength":2,"maxLength":3},"b":{"type":"integer","minimum":-1,"exclusiveMaximum":5},"c":{"type":["number","null"],"maximum":1,"exclusiveMinimum":-2}},"required":["a"],"additionalProperties":false}`,
	`{"$defs":{"t":{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#/$defs/t"},"maxItems":2}},"additionalProperties":{"enum":["x",1,true,null]}}},"$ref":"#/$defs/t"}`,
	`{"anyOf":[{"required":["a"]},{"required":["b","c"]}],"not":{"required":["d","a"]},"minProperties":1,"maxProperties":3}`,
	`{"allOf":[{"properties":{"a":{"pattern":"^2"}}},{"$ref":"#/definitions/q"},{"required":["a"]}],"definitions":{"q":{"properties":{"a":{"format":"date"}},"additionalProperties":true}}}`,
	`{"if":{"required":["a"]},"then":{"properties":{"b":{"const":"y"}}},"else":{"type":["object","string"],"required":["c"]}}`,
	`{"if":{"properties":{"a":{"const":"v"}},"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`,
	`{"patternProperties":{"^a":{"type":"string"},"b$":{"minLength":2}},"properties":{"a":{"maxLength":3},"c":{"type":"boolean"}},"additionalProperties":false}`,
	`{"patternProperties":{"^a":{"type":"string"}},"not":{"propertyNames":{"not":{"pattern":"^b|^a"}}},"required":["c"]}`,
	`{"anyOf":[{"type":"string","format":"uri"},{"type":"array","items":{"anyOf":[{"type":"integer"},{"type":"object"}]},"minItems":1,"uniqueItems":false}]}`,
	`{"allOf":[{"required":["a"]},{"type":"object"}]}`,
	`{"type":"array","uniqueItems":true}`,
	`{"oneOf":[{"type":"string"},{"minLength":2}]}`,
	`{"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":{"minimum":1,"exclusiveMinimum":true},"b":{"type":"integer"}}}`,
	`{"properties":{"a":true,"b":false,"c":{"enum":["é","\"",2.5,[]]},"d":{"enum":["a"],"minLength":2}}}`,
	`{"not":{"required":["a"]}}`,
	`{"unevaluatedProperties":false,"properties":{"a":{}}}`,
	`true`,
	`{"$schema":"http://json-schema.org/draft-04/schema#","not":{"propertyNames":{"not":{"pattern":"a"}}}}`,
	`{"$schema":"http://json-schema.org/draft-06/schema#","not":{"propertyNames":{"not":{"pattern":"a"}}}}`,
}

var ownLines = []string{
	`{"a":"xx","b":4,"c":0.5}`, `{"a":"éé","c":null}`, `{"a":"\u00e9\n","b":-1}`, `{"a":"2024-01-01"}`, `{"a":"x\\"}`, `{"a":"xxxx"}`,
	`{"b":1,"c":-1.999}`, `{"c":true}`, `{"kids":[{"kids":[]},{"y":"x"}],"z":null}`, `{"y":1}`, `{"b":1,"c":2,"e":[{}, [1.5e3, -0]]}`,
	`{"a":1,"b":"y"}`, `{"a":"v","b":0}`, `{"c":false}`, `{"ab":"cd"}`, `{"ab":"c"}`, `{"b":"x","c":1}`, `{"a":"q","c":{}}`, `"https://a.b"`, `[1,{"a":2}]`, `[]`,
	`"s"`, `""`, `5`, `1.0`, `-0`, `null`, `true`, `{}`, `{"c":"é"}`, `{"x":{"y":1,"y":2}}`, `{"x":1,"x":1}`, `[[[[[[1]]]]]]`, `{"a":1.0,"b":1.0}`, `{"d":"a"}`, `01`, `1e3`, `1e99`, `1e999`, `1e00001`, `-1e-0001`, `0.5e308`, `-`, `1.`,
}

// TestAccept_own holds that what simple schemas of the caller's own allow takes the
// fast path, and that nothing does that the full check refuses.
func TestAccept_own(t *testing.T) {
	fast := map[int][]string{
		0:  {`{"a":"xx","b":4,"c":0.5}`, `{"a":"éé","c":null}`, `{"a":"\u00e9\n","b":-1}`},
		1:  {`{"kids":[{"kids":[]},{"y":"x"}],"z":null}`, `{}`},
		2:  {`{"b":1,"c":2,"e":[{}, [1.5e3, -0]]}`, `{"a":"xx","b":4,"c":0.5}`},
		3:  {`{"a":"2024-01-01"}`},
		18: {`{"a":1,"b":"y"}`},
		16: {`5`, `null`, `[1,{"a":2}]`},
	}
	for i, s := range ownSchemas {
		c, err := New(Options{SchemaFile: []byte(s)})
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		for _, line := range ownLines {
			n, odd := c.shape.accept([]byte(line))
			if why := disagreement(c, []byte(line), n, odd); why != "" {
				t.Errorf("%s: %s: %s", s, line, why)
			}
		}
		for _, line := range fast[i] {
			if !c.accept([]byte(line), 0, nil) {
				t.Errorf("%s: %s is in doubt", s, line)
			}
		}
	}
}
