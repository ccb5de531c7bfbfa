package validate

import (
	"maps"
	"math"
	"regexp"
	"slices"
)

// An objectPart is what a schema says of objects.
type objectPart struct {
	properties map[string]*shape
	patterns   []keyPattern
	closed     bool
	rest       *shape // nil: anything, unless closed
	rule       keyRule
	mustMatch  uint32
	min, max   int // 0 for max: no limit
}

const (
	maxKeys     = 64
	maxPatterns = 32
)

func (p *part) objectKeyword(k string, v any) (ok bool) {
	o := &p.object
	switch k {
	case "properties":
		doc, ok := v.(map[string]any)
		o.properties = make(map[string]*shape)
		for name, one := range doc {
			o.properties[name] = p.compile(one)
		}
		return ok
	case "patternProperties":
		doc, ok := v.(map[string]any)
		for source, one := range doc {
			i := o.pattern(source)
			if i < 0 {
				return false
			}
			o.patterns[i].shape = p.compile(one)
		}
		return ok
	case "additionalProperties":
		o.rest = p.compile(v)
		o.closed = v == false
		return true
	case "minProperties":
		o.min, ok = count(v)
	case "maxProperties":
		o.max, ok = count(v)
		ok = ok && o.max > 0
	}
	return ok
}

// pattern returns the index of a pattern, or -1.
func (o *objectPart) pattern(source string) int {
	if i := slices.IndexFunc(o.patterns, func(p keyPattern) bool { return p.source == source }); i >= 0 {
		return i
	}
	expr, err := regexp.Compile(source)
	if err != nil || len(o.patterns) == maxPatterns {
		return -1
	}
	o.patterns = append(o.patterns, keyPattern{source: source, expr: expr, shape: anything})
	return len(o.patterns) - 1
}

// needsMatch reads the value of "not" where it says that a key must match a pattern:
// {"propertyNames": {"not": {"pattern": ...}}}.
func (o *objectPart) needsMatch(v any) bool {
	names, ok := alone(v, "propertyNames")
	not, ok2 := alone(names, "not")
	source, ok3 := alone(not, "pattern")
	s, ok4 := source.(string)
	if !ok || !ok2 || !ok3 || !ok4 {
		return false
	}
	i := o.pattern(s)
	if i < 0 {
		return false
	}
	o.mustMatch |= 1 << i
	o.rule.objectsOnly = true
	return true
}

// build returns the shape, or false if there is none.
func (o *objectPart) build() (*objectShape, bool) {
	s := &objectShape{patterns: o.patterns, mustMatch: o.mustMatch, min: o.min, max: math.MaxInt, part: o}
	if o.max > 0 {
		s.max = o.max
	}
	if s.rest = o.rest; o.closed {
		s.rest = nil
	} else if s.rest == nil {
		s.rest = anything
	}
	index := make(map[string]int)
	for _, name := range o.names() {
		quoted, ok := verbatim(name)
		if !ok || len(s.keys) == maxKeys {
			return nil, false
		}
		index[name] = len(s.keys)
		m := s.match(name)
		s.keys = append(s.keys, key{quoted: newLiteral(quoted), shape: o.valueShape(s, name, m), matches: m})
	}
	s.usual = o.usual(s)
	s.required = set(o.rule.required, index)
	for _, names := range o.rule.never {
		if keys := set(names, index); len(names) == 1 {
			s.banned |= keys
		} else {
			s.never = append(s.never, keys)
		}
	}
	for _, choice := range o.rule.choices {
		var sets []uint64
		for _, names := range choice {
			sets = append(sets, set(names, index))
		}
		s.choices = append(s.choices, sets)
	}
	return s, true
}

// usual returns what is before the values of an object that must have all its keys, and
// no other, with strings for values; nil for other objects.
func (o *objectPart) usual(s *objectShape) (before []literal) {
	if !o.closed || len(o.patterns) > 0 || len(s.keys) != len(o.rule.required) || len(o.rule.never)+len(o.rule.choices)+o.min+o.max > 0 {
		return nil
	}
	sep := "{"
	for _, k := range s.keys {
		if k.shape.composed || k.shape.kinds != kindString {
			return nil
		}
		before = append(before, newLiteral(sep+k.quoted.text+`:"`))
		sep = ","
	}
	return before
}

func set(names []string, index map[string]int) (bits uint64) {
	for _, name := range names {
		bits |= 1 << index[name]
	}
	return bits
}

// names returns all keys that the schema names, in the order in which they are likely
// to come.
func (o *objectPart) names() []string {
	names := slices.Concat(o.rule.required, slices.Sorted(maps.Keys(o.properties)))
	for _, never := range o.rule.never {
		names = append(names, never...)
	}
	for _, choice := range o.rule.choices {
		names = append(names, slices.Concat(choice...)...)
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(names, func(name string) bool {
		was := seen[name]
		seen[name] = true
		return was
	})
}

// valueShape returns the shape of the value of a key that matches patterns.
func (o *objectPart) valueShape(s *objectShape, name string, matched uint32) *shape {
	own, named := o.properties[name]
	switch {
	case matched == 0 && named:
		return own
	case matched == 0 && o.closed:
		return doubtful()
	case matched == 0:
		return s.rest
	}
	other := s.patternShape(matched)
	switch {
	case other == nil:
		return doubtful()
	case !named:
		return other
	case other == anything:
		return own
	case other.onlyString() && !own.composed:
		s := *own
		s.kinds &= kindString
		return &s
	}
	return &shape{composed: true, all: []*shape{other, own}}
}

// onlyString reports that s accepts strings, and all of them.
func (s *shape) onlyString() bool { return !s.composed && s.kinds == kindString && s.text == nil }

// with returns s with a rule more.
func (s *shape) with(r keyRule) *shape {
	if s.composed || s.object == nil {
		o, ok := (&objectPart{rule: r}).build()
		if !ok {
			return doubtful()
		}
		only := anyValue()
		only.object = o
		if r.objectsOnly {
			only.kinds = kindObject
		}
		return &shape{composed: true, all: []*shape{only, s}}
	}
	part := *s.object.part
	part.rule = keyRule{
		required: slices.Concat(r.required, part.rule.required),
		never:    slices.Concat(r.never, part.rule.never),
		choices:  slices.Concat(r.choices, part.rule.choices),
	}
	next := *s
	if r.objectsOnly {
		next.kinds &= kindObject
	}
	o, ok := part.build()
	if !ok {
		return doubtful()
	}
	next.object = o
	return &next
}
