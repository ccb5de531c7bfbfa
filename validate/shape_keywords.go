package validate

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A part is a schema object at compilation. Its methods that read a keyword return
// false for a form they do not know.
type part struct {
	*shaper
	doc    map[string]any
	shape  shape
	object objectPart
	enum   []string
	all    []*shape // what must accept the value too
}

func (p *part) keyword(k string, v any) bool {
	if p.draft < since[k] {
		return false
	}
	switch k {
	case "type":
		return p.types(v)
	case "enum":
		return p.values(v)
	case "const":
		return p.values([]any{v})
	case "minLength", "maxLength", "pattern", "format":
		return p.textKeyword(k, v)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return p.numberKeyword(k, v)
	case "items", "contains", "minItems", "maxItems", "uniqueItems":
		return p.arrayKeyword(k, v)
	case "properties", "patternProperties", "additionalProperties", "minProperties", "maxProperties":
		return p.objectKeyword(k, v)
	case "allOf", "anyOf", "if", "then", "else":
		return p.combine(k, v)
	}
	return p.object.rule.read(k, v) || k == "not" && p.draft >= since["propertyNames"] && p.object.needsMatch(v)
}

// done returns the shape of what has been read.
func (p *part) done() *shape {
	s := &p.shape
	if p.enum != nil {
		s = p.choice()
	} else {
		if p.object.rule.objectsOnly {
			s.kinds &= kindObject
		}
		o, ok := p.object.build()
		if !ok {
			s.kinds &^= kindObject
		}
		s.object = o
	}
	if len(p.all) == 0 {
		return s
	}
	return &shape{composed: true, all: append(p.all, s)}
}

var kindNames = map[string]kinds{
	"null": kindNull, "boolean": kindBoolean, "integer": kindInteger, "number": kindInteger | kindNumber,
	"string": kindString, "array": kindArray, "object": kindObject,
}

func (p *part) types(v any) bool {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var all kinds
	for _, one := range list {
		name, _ := one.(string)
		all |= kindNames[name]
	}
	p.shape.kinds &= all
	return true
}

// values reads what a value may be, of which the shape gets those that need no
// escape.
func (p *part) values(v any) bool {
	list, ok := v.([]any)
	if !ok || p.enum != nil {
		return false
	}
	p.enum = []string{}
	for _, one := range list {
		switch one := one.(type) {
		case string:
			if q, ok := verbatim(one); ok {
				p.enum = append(p.enum, q)
			}
		case nil, bool:
			b, _ := json.Marshal(one)
			p.enum = append(p.enum, string(b))
		}
	}
	return true
}

// choice returns the shape of a list of values, as far as the schema says no more of
// them than their type.
func (p *part) choice() *shape {
	for k := range p.doc {
		if k != "enum" && k != "const" && k != "type" && !isNote(k) {
			return doubtful()
		}
	}
	fit := slices.DeleteFunc(p.enum, func(w string) bool {
		k := kindBoolean
		switch w[0] {
		case '"':
			k = kindString
		case 'n':
			k = kindNull
		}
		return p.shape.kinds&k == 0
	})
	if len(fit) == 0 {
		return doubtful()
	}
	return &shape{composed: true, enum: fit}
}

func (p *part) textKeyword(k string, v any) (ok bool) {
	if p.shape.text == nil {
		p.shape.text = &textShape{max: math.MaxInt}
	}
	t := p.shape.text
	switch k {
	case "minLength":
		t.min, ok = count(v)
	case "maxLength":
		t.max, ok = count(v)
	case "pattern":
		return t.pattern(v)
	case "format":
		name, isText := v.(string)
		if test := jsonschema.Formats[name]; test != nil && p.formats {
			t.tests = append(t.tests, func(s string) bool { return test(s) })
		}
		return isText
	}
	return ok
}

// notBlank is the pattern by which the schemas of this project say that a text is
// more than white space.
const notBlank = `[^\t-\r ` + "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"

func (t *textShape) pattern(v any) bool {
	source, ok := v.(string)
	if source == notBlank {
		t.notBlank = true
		return true
	}
	expr, err := regexp.Compile(source)
	if !ok || err != nil {
		return false
	}
	t.tests = append(t.tests, expr.MatchString)
	return true
}

func (p *part) numberKeyword(k string, v any) bool {
	if p.shape.number == nil {
		p.shape.number = &numberShape{min: math.MinInt64, max: math.MaxInt64}
	}
	r := p.shape.number
	n, ok := bound(v)
	switch k {
	case "minimum":
		r.min = max(r.min, n)
	case "maximum":
		r.max = min(r.max, n)
	case "exclusiveMinimum":
		r.min = max(r.min, n+1)
	case "exclusiveMaximum":
		r.max = min(r.max, n-1)
	}
	return ok
}

func (p *part) arrayKeyword(k string, v any) (ok bool) {
	switch k {
	case "items":
		if _, tuple := v.([]any); tuple {
			return false
		}
		p.shape.items = p.compile(v)
		return true
	case "contains":
		return p.contain(v)
	case "minItems":
		p.shape.minItems, ok = count(v)
	case "maxItems":
		p.shape.maxItems, ok = count(v)
	case "uniqueItems":
		return v == false
	}
	return ok
}

// contain reads what one item of an array must be.
func (p *part) contain(v any) bool {
	if p.shape.contains != nil {
		return false
	}
	p.shape.contains = p.compile(v)
	p.shape.kinds &= kindArray
	return true
}

// combine reads the keywords that apply other schemas to the same value.
func (p *part) combine(k string, v any) bool {
	switch k {
	case "allOf":
		list, ok := v.([]any)
		for _, one := range list {
			if !p.object.rule.readAll(one) {
				p.all = append(p.all, p.compile(one))
			}
		}
		return ok
	case "anyOf":
		list, ok := v.([]any)
		if !ok || p.object.rule.choose(list) {
			return ok
		}
		if item, ok := alone(list[0], "contains"); ok && p.draft >= since["contains"] {
			return p.contain(item) // the others are in doubt, as it is told in one pass
		}
		s := &shape{composed: true}
		for _, one := range list {
			s.any = append(s.any, p.compile(one))
		}
		p.all = append(p.all, s)
	case "if":
		p.all = append(p.all, p.condition(v))
	}
	return true // "then" and "else" are read with their "if"
}

// condition returns the shape of "if" with what belongs to it.
func (p *part) condition(test any) *shape {
	side := func(k string) *shape {
		if doc, ok := p.doc[k]; ok {
			return p.compile(doc)
		}
		return anything
	}
	yes := &shape{composed: true, all: []*shape{p.compile(test), side("then")}}
	var holds, fails keyRule
	names, ok := onlyRequired(test)
	if !ok || !holds.readAll(test) {
		return yes
	}
	fails.forbid(names)
	// What fails is told at the first key, so it comes first.
	return &shape{composed: true, any: []*shape{side("else").with(fails), side("then").with(holds)}}
}
