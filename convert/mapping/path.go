package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// A Path leads from a row to a value: a column, then struct fields and list elements.
//
// Written, it is the column's name followed by ".field" and "[index]" in any number; an index counts from
// 0, a negative one from the end: answers.text[0], messages[-1].content. A name that holds a dot, a bracket
// or a quote stands in double quotes, a quote in it doubled: "a.b".c.
type Path struct {
	steps []step // the first is the column
}

type step struct {
	name  string
	index int
	list  bool // index applies, not name
}

// ParsePath reads a path. The empty string is no path.
func ParsePath(s string) (Path, error) {
	p := parser{text: s}
	if err := p.name(); err != nil {
		return Path{}, err
	}
	for p.pos < len(s) {
		var err error
		switch s[p.pos] {
		case '.':
			p.pos++
			err = p.name()
		case '[':
			err = p.index()
		default:
			err = p.fail(`"." or "["`)
		}
		if err != nil {
			return Path{}, err
		}
	}
	return Path{steps: p.steps}, nil
}

const special = `.[]"`

type parser struct {
	text  string
	pos   int
	steps []step
}

func (p *parser) fail(want string) error {
	return columnErrorf("%s at byte %d: want %s", strconv.Quote(p.text), p.pos, want)
}

func (p *parser) name() error {
	rest := p.text[p.pos:]
	if strings.HasPrefix(rest, `"`) {
		return p.quoted(rest)
	}
	end := strings.IndexAny(rest, special)
	if end < 0 {
		end = len(rest)
	}
	if end == 0 {
		return p.fail("a name")
	}
	p.steps = append(p.steps, step{name: rest[:end]})
	p.pos += end
	return nil
}

func (p *parser) quoted(rest string) error {
	for i := 1; i < len(rest); i++ {
		if rest[i] != '"' {
			continue
		}
		if strings.HasPrefix(rest[i+1:], `"`) {
			i++
			continue
		}
		p.steps = append(p.steps, step{name: strings.ReplaceAll(rest[1:i], `""`, `"`)})
		p.pos += i + 1
		return nil
	}
	return p.fail("a closing quote")
}

func (p *parser) index() error {
	rest := p.text[p.pos+1:]
	end := strings.IndexByte(rest, ']')
	if end < 0 {
		return p.fail(`a closing "]"`)
	}
	n, err := strconv.ParseInt(rest[:end], 10, 32)
	if err != nil {
		return p.fail("a whole number between brackets")
	}
	p.steps = append(p.steps, step{index: int(n), list: true})
	p.pos += end + 2
	return nil
}

// String writes the path as [ParsePath] reads it.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p.steps {
		switch {
		case s.list:
			fmt.Fprintf(&b, "[%d]", s.index)
			continue
		case i > 0:
			b.WriteByte('.')
		}
		if s.name == "" || strings.ContainsAny(s.name, special) {
			b.WriteString(`"` + strings.ReplaceAll(s.name, `"`, `""`) + `"`)
		} else {
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// Column is the name of the column the path starts at.
func (p Path) Column() string { return p.steps[0].name }

func pathOf(column string) Path { return Path{steps: []step{{name: column}}} }

// field and at return the path to something inside p.
func (p Path) field(name string) Path { return p.with(step{name: name}) }
func (p Path) at(i int) Path          { return p.with(step{index: i, list: true}) }

func (p Path) with(s step) Path { return Path{steps: append(slices.Clip(p.steps), s)} }

// get returns the value at the path; null when anything on the way is null or missing.
func (p Path) get(b *dataset.Batch, row int) dataset.Value {
	c, ok := b.Column(p.steps[0].name)
	if !ok {
		return dataset.Value{}
	}
	v := c.Value(row)
	for _, s := range p.steps[1:] {
		v = s.get(v)
	}
	return v
}

func (s step) get(v dataset.Value) dataset.Value {
	switch kind := v.Kind(); {
	case s.list && kind == dataset.List:
		i, n := s.index, v.Len()
		if i < 0 {
			i += n
		}
		if i < 0 || i >= n {
			return dataset.Value{}
		}
		return v.Index(i)
	case !s.list && kind == dataset.Struct:
		return v.Field(s.name)
	case !s.list && kind == dataset.Map:
		return lookup(v, s.name)
	}
	return dataset.Value{}
}

func lookup(m dataset.Value, key string) dataset.Value {
	for i := range m.Len() {
		if e := m.Index(i); e.Field("key").Text() == key {
			return e.Field("value")
		}
	}
	return dataset.Value{}
}
