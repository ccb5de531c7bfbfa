package validate

import (
	"errors"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// schemaParts are a schema and all schemas in it, by their locations.
type schemaParts map[string]*jsonschema.Schema

// partsOf returns the parts of s.
func partsOf(s *jsonschema.Schema) schemaParts {
	parts := make(schemaParts)
	parts.add(s)
	return parts
}

func (p schemaParts) add(s *jsonschema.Schema) {
	if s == nil || p[s.Location] != nil {
		return
	}
	p[s.Location] = s
	for _, one := range []*jsonschema.Schema{
		s.Ref, s.RecursiveRef, s.DynamicRef, s.Not, s.If, s.Then, s.Else, s.PropertyNames, s.UnevaluatedProperties,
		s.Items2020, s.Contains, s.UnevaluatedItems, s.ContentSchema,
	} {
		p.add(one)
	}
	for _, list := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems} {
		p.addAny(list)
	}
	for _, one := range []any{s.AdditionalProperties, s.Items, s.AdditionalItems} {
		p.addAny(one)
	}
	for _, byName := range []map[string]*jsonschema.Schema{s.Properties, s.DependentSchemas} {
		for _, one := range byName {
			p.add(one)
		}
	}
	for _, one := range s.PatternProperties {
		p.add(one)
	}
	for _, one := range s.Dependencies {
		p.addAny(one)
	}
}

// addAny adds what may be one schema, or a list, or neither.
func (p schemaParts) addAny(v any) {
	switch v := v.(type) {
	case *jsonschema.Schema:
		p.add(v)
	case []*jsonschema.Schema:
		for _, one := range v {
			p.add(one)
		}
	}
}

// owner returns the schema that has the keyword that e is about, or nil.
func (p schemaParts) owner(e *jsonschema.ValidationError) *jsonschema.Schema {
	return p[parent(e.AbsoluteKeywordLocation)]
}

// parent returns a location without its last step.
func parent(loc string) string { return loc[:max(0, strings.LastIndexByte(loc, '/'))] }

// missing returns the keys that n must have and has not.
func (p schemaParts) missing(n *node, e *jsonschema.ValidationError) (names []string) {
	has, _ := n.value.(map[string]any)
	if of := p.owner(e); of != nil {
		for _, name := range of.Required {
			if _, ok := has[name]; !ok {
				names = append(names, name)
			}
		}
	}
	return names
}

// unknown returns the members of n that must not be there.
func (p schemaParts) unknown(n *node, e *jsonschema.ValidationError) (found []member) {
	of := p.owner(e)
	if of == nil {
		return nil
	}
	for _, m := range n.members {
		if of.Properties[m.name] == nil && !matchesAny(of, m.name) {
			found = append(found, m)
		}
	}
	return found
}

func matchesAny(s *jsonschema.Schema, name string) bool {
	for expr := range s.PatternProperties {
		if expr.MatchString(name) {
			return true
		}
	}
	return false
}

// fails reports whether a value by itself gives the error e.
func (p schemaParts) fails(value any, e *jsonschema.ValidationError) bool {
	for loc := e.AbsoluteKeywordLocation; loc != ""; loc = parent(loc) {
		s := p[loc]
		if s == nil || loc == e.AbsoluteKeywordLocation && s.Always == nil {
			continue
		}
		err, ok := errors.AsType[*jsonschema.ValidationError](s.Validate(value))
		return ok && holds(err, e.AbsoluteKeywordLocation, e.AbsoluteKeywordLocation[len(loc):])
	}
	return false
}

// holds reports whether an error of the keyword at the location, on the way there from
// the value that was checked, is among e and its causes.
func holds(e *jsonschema.ValidationError, location, way string) bool {
	if e.AbsoluteKeywordLocation == location && e.KeywordLocation == way && e.InstanceLocation == "" {
		return true
	}
	for _, c := range e.Causes {
		if holds(c, location, way) {
			return true
		}
	}
	return false
}
