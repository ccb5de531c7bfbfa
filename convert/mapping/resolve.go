package mapping

import (
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// resolve finds what the user wrote as a column in the schema. A column whose whole name is text wins over
// reading text as a path. Names match exactly, else as [normal] sees them.
func resolve(schema dataset.Schema, text string) (dataset.Field, Path, error) {
	if f, ok := schema.Column(text); ok {
		return f, pathOf(f.Name), nil
	}
	p, err := ParsePath(text)
	if err != nil {
		if f, ok := find(schema.Fields, text); ok {
			return f, pathOf(f.Name), nil
		}
		return dataset.Field{}, Path{}, err
	}
	f, ok := find(schema.Fields, p.steps[0].name)
	if !ok {
		return dataset.Field{}, Path{}, columnErrorf("no column %s; the columns are %s", show(p.steps[0].name), nameList(schema.Fields))
	}
	at := pathOf(f.Name)
	for _, s := range p.steps[1:] {
		next, exact, err := descend(f, s, at)
		if err != nil {
			return dataset.Field{}, Path{}, err
		}
		f, at = next, at.with(exact)
	}
	return f, at, nil
}

// descend takes one step into f, which is at; exact is the step with the name as the schema spells it.
func descend(f dataset.Field, s step, at Path) (next dataset.Field, exact step, err error) {
	is := show(at.String()) + " is a " + show(f.Type)
	switch {
	case f.Kind == dataset.List && s.list:
		return f.Elem(), s, nil
	case f.Kind == dataset.List:
		return next, s, columnErrorf("%s: write %s for its first element, %s for its last",
			is, show(at.at(0).with(s).String()), show(at.at(-1).with(s).String()))
	case f.Kind == dataset.Map && !s.list:
		if len(f.Children) == 2 {
			next = f.Children[1]
		}
		return next, s, nil
	case f.Kind == dataset.Struct && !s.list:
		if c, ok := find(f.Children, s.name); ok {
			return c, step{name: c.Name}, nil
		}
		return next, s, columnErrorf("%s has no field %s; its fields are %s", show(at.String()), show(s.name), nameList(f.Children))
	}
	return next, s, columnErrorf("%s: there is no %s in it", is, show(at.with(s).String()))
}

// find returns the field called name: exactly, else the first that is called so after [normal].
func find(fields []dataset.Field, name string) (dataset.Field, bool) {
	var loose *dataset.Field
	for i, f := range fields {
		if f.Name == name {
			return f, true
		}
		if loose == nil && normal(f.Name) == normal(name) {
			loose = &fields[i]
		}
	}
	if loose == nil {
		return dataset.Field{}, false
	}
	return *loose, true
}

// normal folds the spellings of a column name that mean the same: case, outer blanks, and "_", " ", "-".
func normal(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return '_'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(name)))
}
