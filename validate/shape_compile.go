package validate

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// drafts are the drafts whose keywords, as far as a shape knows them, mean the same.
var drafts = []string{
	"http://json-schema.org/draft-04/schema", "http://json-schema.org/draft-06/schema", "http://json-schema.org/draft-07/schema",
	"https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema",
}

// draft06 and draft07 are indexes in drafts.
const (
	draft06 = 1
	draft07 = 2
)

// since are the drafts that brought keywords: in one before it, the keyword says nothing.
var since = map[string]int{"const": draft06, "contains": draft06, "propertyNames": draft06, "if": draft07, "then": draft07, "else": draft07}

// notes are keywords that no value can violate.
var notes = []string{
	"$schema", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
	"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
}

// shapeOf compiles doc, a valid schema as encoding/json decodes it with numbers as
// json.Number, to a shape. It returns nil where nothing would be accepted.
//
// A keyword that it does not know makes the part of the schema that has it accept
// nothing, so that it need not follow every draft to the letter: it must only never
// accept what the schema refuses.
func shapeOf(doc any, formats bool) *shape {
	c := shaper{root: doc, refs: make(map[string]*shape), formats: formats, draft: len(drafts) - 1}
	if m, ok := doc.(map[string]any); ok {
		if draft, has := m["$schema"].(string); has {
			c.draft = slices.Index(drafts, strings.TrimSuffix(draft, "#"))
		}
		if c.draft < 0 {
			return nil
		}
		delete(m, "$id") // references inside the schema are followed from its root anyway
		delete(m, "id")
	}
	s := c.compile(doc)
	if s.empty(make(map[*shape]bool)) {
		return nil
	}
	return s
}

// empty reports that s surely accepts nothing. known is what has been found of other
// shapes, which may be parts of many.
func (s *shape) empty(known map[*shape]bool) bool {
	if !s.composed {
		return s.kinds == 0 || s.kinds == kindObject && s.object.empty()
	}
	is, ok := known[s]
	if !ok {
		known[s] = false // a shape that is part of itself is not surely empty
		empty := func(one *shape) bool { return one.empty(known) }
		full := func(one *shape) bool { return !empty(one) }
		is = slices.ContainsFunc(s.all, empty) || len(s.any) > 0 && !slices.ContainsFunc(s.any, full)
		known[s] = is
	}
	return is
}

func (o *objectShape) empty() bool {
	for i, k := range o.keys {
		if o.required&(1<<i) != 0 && k.shape.kinds == 0 && !k.shape.composed {
			return true
		}
	}
	return false
}

// A shaper compiles one schema.
type shaper struct {
	root    any
	refs    map[string]*shape // by JSON pointer
	formats bool              // are asserted
	draft   int               // index in drafts
	depth   int
}

// maxSchemaDepth bounds how deep schemas nest that get a shape.
const maxSchemaDepth = 64

func (c *shaper) compile(doc any) *shape {
	c.depth++
	defer func() { c.depth-- }()
	switch d := doc.(type) {
	case bool:
		if d {
			return anything
		}
	case map[string]any:
		if c.depth <= maxSchemaDepth {
			return c.object(d)
		}
	}
	return doubtful()
}

// object compiles a schema that is an object.
func (c *shaper) object(doc map[string]any) *shape {
	if ref, ok := doc["$ref"].(string); ok {
		return c.ref(doc, ref)
	}
	p := &part{shaper: c, doc: doc, shape: *anything}
	for k, v := range doc {
		if !isNote(k) && !p.keyword(k, v) {
			return doubtful()
		}
	}
	return p.done()
}

// ref compiles a reference that stands alone to a part of the same schema.
func (c *shaper) ref(doc map[string]any, ref string) *shape {
	for k := range doc {
		if k != "$ref" && !slices.Contains(notes, k) {
			return doubtful()
		}
	}
	if s, ok := c.refs[ref]; ok {
		return s
	}
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok || strings.ContainsRune(pointer, '%') {
		return doubtful()
	}
	target := c.root
	for token := range strings.SplitSeq(pointer, "/") {
		m, _ := target.(map[string]any)
		target = m[strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")]
		if m, ok := target.(map[string]any); ok && (m["$id"] != nil || m["id"] != nil) {
			return doubtful()
		}
	}
	s := doubtful()
	c.refs[ref] = s // for references to itself
	*s = *c.compile(target)
	return s
}

// count reads a number that counts something.
func count(v any) (n int, ok bool) {
	num, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(num.String())
	return n, err == nil && 0 <= n && n < 1<<30
}

// bound reads a number that bounds numbers.
func bound(v any) (n int64, ok bool) {
	num, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(num.String(), 10, 64)
	return n, err == nil && -1<<53 < n && n < 1<<53
}

// verbatim returns how a string is written in JSON, if there is one way that needs no
// escapes and that no check of the line refuses or warns of.
func verbatim(s string) (string, bool) {
	q := `"` + s + `"`
	read := scanner{line: []byte(q)}
	escaped, ok := read.quoted()
	return q, ok && !escaped && !read.odd && read.pos == len(q)
}
