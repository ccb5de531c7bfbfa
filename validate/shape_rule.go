package validate

import (
	"slices"
	"strings"
)

// A keyRule is about which keys an object has.
type keyRule struct {
	required    []string
	never       [][]string   // of each of these lists one key must be missing
	choices     [][][]string // of each of these lists one list must be there
	objectsOnly bool         // it refuses all that is no object
}

// read reads a keyword if it is such a rule.
func (r *keyRule) read(k string, v any) bool {
	switch k {
	case "required":
		names, ok := texts(v)
		r.required = append(r.required, names...)
		return ok
	case "not":
		names, ok := onlyRequired(v)
		if ok {
			r.forbid(names)
		}
		return ok
	case "anyOf":
		list, ok := v.([]any)
		return ok && r.choose(list)
	}
	return false
}

// readAll reads a schema that has nothing but such rules.
func (r *keyRule) readAll(doc any) bool {
	d, ok := doc.(map[string]any)
	next := *r
	for k, v := range d {
		if !isNote(k) && !next.read(k, v) {
			return false
		}
	}
	if ok {
		*r = next
	}
	return ok
}

// choose reads a list of schemas that only require keys.
func (r *keyRule) choose(list []any) bool {
	var choice [][]string
	for _, one := range list {
		names, ok := onlyRequired(one)
		if !ok {
			return false
		}
		choice = append(choice, names)
	}
	r.choices = append(r.choices, choice)
	return true
}

func (r *keyRule) forbid(names []string) {
	r.never = append(r.never, names)
	r.objectsOnly = true
}

// onlyRequired returns the keys that a schema requires which says nothing else.
func onlyRequired(doc any) ([]string, bool) {
	v, ok := alone(doc, "required")
	if !ok {
		return nil, false
	}
	return texts(v)
}

// alone returns the value of the keyword k of a schema that has no other.
func alone(doc any, k string) (any, bool) {
	d, _ := doc.(map[string]any)
	v, ok := d[k]
	for other := range d {
		if other != k && !isNote(other) {
			return nil, false
		}
	}
	return v, ok
}

func isNote(k string) bool { return slices.Contains(notes, k) || strings.HasPrefix(k, "x-") }

func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	names := make([]string, len(list))
	for i, one := range list {
		name, isText := one.(string)
		if !isText {
			return nil, false
		}
		names[i] = name
	}
	return names, ok
}
