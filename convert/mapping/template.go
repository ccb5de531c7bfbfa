package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/promptmill/promptmill/convert/dataset"
)

// ByTemplate is what chose a [Mapping] whose prompt the user wrote as a template.
const ByTemplate = "template"

// Why a row is dropped that a template cannot be filled in with: it has no such element, or the template compares what
// cannot be compared.
const (
	dropPromptTemplate   = "--prompt-template fails on the row"
	dropExpectedTemplate = "--expected-template fails on the row"
	dropFormat           = ": its printf does not fit the values" // after one of them
)

// filled is a template of package text/template over the columns of a row: {{.question}}, {{index . "Correct Answer"}},
// {{range .choices}}. What columns hold is data: it is never read as a template. There are no functions but those of the
// language, none of which reaches outside of the row.
type filled struct {
	template *template.Template
	drop     string
	elses    bool // it has an else, and may have something to say of a row of nulls
	columns  []templateColumn
}

var templateFunctions = template.FuncMap{"printf": formatted, truthName: truthValue}

// templateColumn is a column that a template reads, under the name that it has there.
type templateColumn struct {
	name   string
	at     Path
	field  dataset.Field
	labels []string
}

// newFilled reads a template. Columns and fields that it names and the schema does not have are an [ErrColumn] that
// lists them all. In the text of a template, \n and \t stand for a line break and a tab, \\ for a backslash.
func (c *columns) newFilled(flag, text, drop string) (*filled, error) {
	t, err := template.New(flag).Option("missingkey=error").Funcs(templateFunctions).Parse(text)
	if err != nil {
		return nil, columnErrorf("%s", show(strings.TrimPrefix(err.Error(), "template: ")))
	}
	uses := templateUses{}
	if t.Tree != nil {
		uses.list(t.Root, true)
	}
	switch {
	case len(t.Templates()) > 1 || uses.calls:
		return nil, columnErrorf("%s: templates inside of the template are not supported", flag)
	case uses.whole:
		return nil, columnErrorf(`%s: {{.}} is the whole row: name columns, such as {{.question}} or {{index . "a name"}}`, flag)
	case len(uses.chains) == 0:
		return nil, columnErrorf("%s: it names no column, such as {{.question}}; the columns are %s", flag, nameList(c.schema.Fields))
	}
	f := &filled{template: t, drop: drop, elses: uses.elses}
	var missing []string
	for _, chain := range uses.chains {
		if m := f.use(c, chain); m != "" && !slices.Contains(missing, m) {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		return nil, columnErrorf("%s: not in the dataset: %s; the columns are %s", flag, strings.Join(missing, ", "), nameList(c.schema.Fields))
	}
	for _, chain := range uses.ranges { // a number is a range too, and a row may have a large one
		if field, at := c.chained(chain); field.Kind != dataset.List && field.Kind != dataset.Struct && field.Kind != dataset.Map {
			return nil, columnErrorf("%s: {{range}} over %s, which is a %s: expected a list", flag, show(at), show(field.Type))
		}
	}
	return f, nil
}

// chained returns the field that a chain leads to, and where it ends when there is no such field, as in a map.
func (c *columns) chained(chain []string) (field dataset.Field, at string) {
	field, _ = find(c.schema.Fields, chain[0])
	for i, name := range chain[1:] {
		if field.Kind == dataset.Map {
			return field, strings.Join(chain[:i+1], ".")
		}
		field, _ = field.Child(name)
	}
	return field, strings.Join(chain, ".")
}

// use notes that the template reads a column, and fields in it; missing names what is not there.
func (f *filled) use(c *columns, chain []string) (missing string) {
	field, ok := find(c.schema.Fields, chain[0])
	if !ok {
		return show(chain[0])
	}
	for i, name := range chain[1:] {
		if field.Kind == dataset.Map {
			break // any name may be a key
		}
		child, ok := field.Child(name)
		if field.Kind != dataset.Struct || !ok {
			return show(strings.Join(chain[:i+2], "."))
		}
		field = child
	}
	if !slices.ContainsFunc(f.columns, func(have templateColumn) bool { return have.name == chain[0] }) {
		column, _ := find(c.schema.Fields, chain[0])
		f.columns = append(f.columns, templateColumn{chain[0], pathOf(column.Name), column, c.schema.Labels[column.Name]})
	}
	return ""
}

// text fills the template in; null says that every column it reads is null, and it has nothing to say of that.
func (f *filled) text(b *dataset.Batch, row int) (text string, null bool, drop string) {
	data := make(map[string]any, len(f.columns))
	null = true
	for _, c := range f.columns {
		v := c.at.get(b, row)
		null = null && v.IsNull()
		data[c.name] = c.value(v)
	}
	if null && !f.elses {
		return "", true, ""
	}
	var out strings.Builder
	switch err := f.template.Execute(&out, data); {
	case errors.Is(err, errFormat):
		return "", false, f.drop + dropFormat
	case err != nil:
		return "", false, f.drop
	}
	return out.String(), null && blank(out.String()), ""
}

// value is what the template sees of v: the name of a class in the place of its number.
func (c templateColumn) value(v dataset.Value) any {
	if n, ok := v.Int(); ok && n >= 0 && n < int64(len(c.labels)) {
		return c.labels[n]
	}
	return templateValue(c.field, v)
}

func (f *filled) paths() []Path {
	paths := make([]Path, len(f.columns))
	for i, c := range f.columns {
		paths[i] = c.at
	}
	return paths
}

// String names the columns.
func (f *filled) String() string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.at.String()
	}
	return strings.Join(names, " + ")
}

// templatePrompt is one user turn that a template gives.
type templatePrompt struct{ *filled }

func (t templatePrompt) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	text, null, drop := t.text(b, row)
	switch {
	case drop != "":
		return drop
	case null:
		return dropNull
	}
	p.add(User, text)
	return ""
}

// templateAnswer is an answer that a template gives.
type templateAnswer struct{ *filled }

func (t templateAnswer) read(b *dataset.Batch, row int) (text string, ok bool, drop string) {
	text, null, drop := t.text(b, row)
	return text, !null && drop == "", drop
}

// templated maps the prompt that the user wrote as a template.
func (c *columns) templated() (*Mapping, error) {
	f, err := c.newFilled("--prompt-template", c.options.PromptTemplate, dropPromptTemplate)
	if err != nil {
		return nil, err
	}
	found := candidate{prompt: templatePrompt{f}}
	if c.options.ExpectedColumn == "" && c.options.ExpectedTemplate == "" {
		found.answer, _ = c.answerExcept(f.paths())
	}
	m := newMapping(ByTemplate, "a template as asked", found)
	if found.answer != nil && !c.options.PromptOnly {
		m.Notices = append(m.Notices, fmt.Sprintf("expected <- %s, by its name: --expected-column chooses", show(found.answer.String())))
	}
	return m, nil
}

// answerExcept returns the likeliest column with answers that is none of the paths.
func (c *columns) answerExcept(paths []Path) (answer, bool) {
	for _, name := range answerNames {
		if f, ok := find(c.schema.Fields, name); ok && !containsColumn(paths, f.Name) {
			if a, ok := c.answer("", name); ok {
				return a, true
			}
		}
	}
	return nil, false
}
