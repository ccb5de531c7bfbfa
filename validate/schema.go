package validate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// customName is what a schema of the caller's own is called.
const customName = "custom"

// A schema is a compiled JSON Schema. It is safe for concurrent use.
type schema struct {
	name       string
	compiled   *jsonschema.Schema
	parts      schemaParts
	shape      *shape // nil when nothing of the schema has one
	allowEmpty bool   // take no offence at an empty "expected"
}

// compile compiles the schema in b. It reads no file and no network.
func compile(name string, b []byte, o Options) (*schema, error) {
	doc, err := decodeSchema(b)
	if err != nil {
		return nil, fmt.Errorf("schema %q: not valid JSON: %w", name, err)
	}
	if err := checkPatterns(doc, "#"); err != nil {
		return nil, fmt.Errorf("schema %q: %w", name, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = !o.IgnoreFormats
	if o.IgnoreFormats { // drafts before 2019-09 assert them whatever AssertFormat says
		for name := range jsonschema.Formats {
			c.Formats[name] = func(any) bool { return true }
		}
	}
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("it refers to %s: references must stay inside the schema", escape(url))
	}
	url := "promptmill:///" + name + ".schema.json"
	if err := c.AddResource(url, bytes.NewReader(b)); err != nil {
		return nil, fmt.Errorf("schema %q: %w", name, err)
	}
	s, err := c.Compile(url)
	if err != nil {
		if inner, ok := errors.AsType[*jsonschema.SchemaError](err); ok {
			err = inner.Err
		}
		return nil, fmt.Errorf("schema %q: %s", name, strings.ReplaceAll(escape(err.Error()), url, ""))
	}
	lenient(doc, name, o.AllowEmptyExpected)
	return &schema{name: name, compiled: s, parts: partsOf(s), shape: shapeOf(doc, !o.IgnoreFormats), allowEmpty: o.AllowEmptyExpected}, nil
}

// decodeSchema decodes a schema, its numbers as they are written.
func decodeSchema(b []byte) (doc any, err error) {
	if !json.Valid(b) {
		return nil, json.Unmarshal(b, &doc)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return doc, d.Decode(&doc)
}

// lenient takes out of a schema of this project what the options allow.
func lenient(doc any, name string, allowEmpty bool) {
	m, _ := doc.(map[string]any)
	properties, _ := m["properties"].(map[string]any)
	if expected, ok := properties["expected"].(map[string]any); ok && allowEmpty && name != customName {
		delete(expected, "minLength")
	}
}

// checkPatterns looks for regular expressions that Go's engine, which takes linear
// time and so has no lookaround and no backreferences, cannot take.
func checkPatterns(doc any, at string) error {
	switch d := doc.(type) {
	case []any:
		for i, v := range d {
			if err := checkPatterns(v, fmt.Sprintf("%s/%d", at, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		if s, ok := d["pattern"].(string); ok {
			if err := checkPattern(s, at+"/pattern"); err != nil {
				return err
			}
		}
		if m, ok := d["patternProperties"].(map[string]any); ok {
			for _, s := range slices.Sorted(maps.Keys(m)) {
				if err := checkPattern(s, at+"/patternProperties"); err != nil {
					return err
				}
			}
		}
		for _, k := range slices.Sorted(maps.Keys(d)) {
			if slices.Contains(dataKeywords, k) {
				continue
			}
			check := checkPatterns
			if slices.Contains(namedKeywords, k) {
				check = checkNamed
			}
			if err := check(d[k], at+"/"+k); err != nil {
				return err
			}
		}
	}
	return nil
}

// namedKeywords are those whose values are schemas by name, and the name may be that of
// a keyword.
var namedKeywords = []string{"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}

// checkNamed is checkPatterns for the value of one of namedKeywords.
func checkNamed(doc any, at string) error {
	m, _ := doc.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if err := checkPatterns(m[name], at+"/"+name); err != nil {
			return err
		}
	}
	return nil
}

// dataKeywords are those whose values are no schemas.
var dataKeywords = []string{"const", "default", "enum", "examples"}

func checkPattern(s, at string) error {
	_, err := regexp.Compile(s)
	if err == nil {
		return nil
	}
	why := ""
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		why = beyondEngine[e.Code]
	}
	return fmt.Errorf("%s: pattern %s: %s%w", escape(at), quote(s), why, err)
}

// beyondEngine says of errors what they are not about in other engines.
var beyondEngine = map[syntax.ErrorCode]string{
	syntax.ErrInvalidPerlOp:       notSupported,
	syntax.ErrInvalidNamedCapture: notSupported,
	syntax.ErrInvalidEscape:       notSupported,
	syntax.ErrInvalidRepeatSize:   "repeats of more than 1000 are not supported: ",
}

const notSupported = `lookaround, backreferences and \u escapes are not supported: `

// check reports where root does not agree with the schema.
func (s *schema) check(root *node, p *problems) {
	err := s.compiled.Validate(root.value)
	if err == nil {
		return
	}
	ve, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok { // a schema that refers to itself without end
		p.add(root.at, RuleSchema, "", "the schema cannot be applied: %s", escape(err.Error()))
		return
	}
	found := slices.DeleteFunc(flatten(ve, nil), s.forgiven)
	slices.SortFunc(found, func(a, b *jsonschema.ValidationError) int {
		return cmp.Or(
			cmp.Compare(a.InstanceLocation, b.InstanceLocation),
			cmp.Compare(a.KeywordLocation, b.KeywordLocation),
			cmp.Compare(a.Message, b.Message),
		)
	})
	f := finder{root: root, parts: s.parts, told: make(map[string]int)}
	for i, e := range found {
		if len(p.list) == maxProblems {
			p.errors += int64(len(found) - i)
			return
		}
		s.explain(f.find(e), e, p)
	}
}

// forgiven reports what the options allow although the schema does not.
func (s *schema) forgiven(e *jsonschema.ValidationError) bool {
	return s.allowEmpty && s.name != customName && e.InstanceLocation == "/expected" && keyword(e) == "minLength"
}

// flatten appends the errors that a person would name: the innermost ones, but an
// alternative whole, since none of its branches is the wrong one.
func flatten(e *jsonschema.ValidationError, to []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 || isAlternative(e) {
		return append(to, e)
	}
	for _, c := range e.Causes {
		to = flatten(c, to)
	}
	return to
}

func isAlternative(e *jsonschema.ValidationError) bool {
	switch keyword(e) {
	case "anyOf", "oneOf", "minContains":
		return len(e.Causes) > 0
	}
	return false
}

// keyword returns the keyword of the schema that e is about.
func keyword(e *jsonschema.ValidationError) string {
	return e.KeywordLocation[strings.LastIndexByte(e.KeywordLocation, '/')+1:]
}
