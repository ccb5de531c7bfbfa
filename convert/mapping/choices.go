package mapping

import (
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func letter(i int) string { return letters[i : i+1] }

// choiceSet says where the choices of a question are: in one column, or in columns of one choice each.
type choiceSet struct {
	at                 Path
	text, label, right string // names of the fields; text is "" for a list of strings, the others where there are none
	lists              bool   // a struct of lists, not a list of structs

	columns []Path   // in the place of all that: where each choice is
	labels  []string // what the names of the columns end with
}

// choicesIn recognises choices in one column: a list of strings, a list of structs, a struct of lists.
func choicesIn(f dataset.Field) (choiceSet, bool) {
	s := choiceSet{at: pathOf(f.Name), lists: f.Kind == dataset.Struct}
	if isTexts(f) {
		return s, true
	}
	if byLetter, ok := choicesByLetter(f); ok {
		return byLetter, true
	}
	inner := f
	if !s.lists {
		inner = f.Elem()
	}
	isText := func(f dataset.Field) bool { return f.Kind == dataset.String }
	isMark := func(f dataset.Field) bool { return f.Kind == dataset.Int || f.Kind == dataset.Bool }
	var ok bool
	s.text, ok = oneOf(inner, s.lists, isText, []string{"text", "choices"})
	s.label, _ = oneOf(inner, s.lists, isText, []string{"label"})
	s.right, _ = oneOf(inner, s.lists, isMark, []string{"labels"})
	return s, ok
}

// choicesByLetter recognises a struct of one text for each letter: {"A":"...","B":"..."}.
func choicesByLetter(f dataset.Field) (s choiceSet, ok bool) {
	if f.Kind != dataset.Struct || len(f.Children) < 2 || len(f.Children) > len(letters) {
		return s, false
	}
	for i := range f.Children {
		child, ok := find(f.Children, letter(i))
		if !ok || child.Kind != dataset.String {
			return s, false
		}
		s.columns, s.labels = append(s.columns, pathOf(f.Name).field(child.Name)), append(s.labels, letter(i))
	}
	return s, true
}

// choiceStems are what the names of columns begin with that hold one choice each, before a number or a letter; a letter
// may also be the whole name.
var choiceStems = []string{"option", "choice", "sol", "ending", ""}

// choicesBeside finds choices in columns beside each other: option1 and option2, sol1 and sol2, A to D.
func (c *columns) choicesBeside() (choiceSet, bool) {
	for _, stem := range choiceStems {
		for _, suffix := range []func(i int) string{letter, strconv.Itoa, func(i int) string { return strconv.Itoa(i + 1) }} {
			if s := c.choicesCalled(stem, suffix); len(s.columns) > 1 {
				return s, true
			}
			if stem == "" {
				break // a number alone is no name of a choice
			}
		}
	}
	return choiceSet{}, false
}

func (c *columns) choicesCalled(stem string, suffixOf func(int) string) (s choiceSet) {
	for i := range len(letters) {
		suffix := suffixOf(i)
		f, ok := c.text(stem+suffix, stem+"_"+suffix)
		if !ok {
			break
		}
		s.columns, s.labels = append(s.columns, pathOf(f.Name)), append(s.labels, suffix)
	}
	return s
}

func (s choiceSet) paths() []Path {
	if s.columns != nil {
		return s.columns
	}
	return []Path{s.at}
}

func (s choiceSet) String() string {
	names := make([]string, 0, len(s.paths()))
	for _, p := range s.paths() {
		names = append(names, p.String())
	}
	return strings.Join(names, " + ")
}

// of returns the choices of a row.
func (s choiceSet) of(b *dataset.Batch, row int) choices {
	c := choices{set: s, batch: b, row: row}
	if s.columns == nil {
		c.value = s.at.get(b, row)
	}
	return c
}

// choices are those of one row.
type choices struct {
	set   choiceSet
	value dataset.Value // unless they are in several columns
	batch *dataset.Batch
	row   int
}

// len returns how many there are; in several columns, those before the first that has none.
func (c choices) len() int {
	switch {
	case c.set.columns != nil:
		n := 0
		for n < len(c.set.columns) && !blank(c.text(n)) {
			n++
		}
		return n
	case c.set.lists:
		return c.value.Field(c.set.text).Len()
	}
	return c.value.Len()
}

func (c choices) text(i int) string {
	switch {
	case c.set.columns != nil:
		return c.set.columns[i].get(c.batch, c.row).Str()
	case c.set.text == "":
		return c.value.Index(i).Str()
	}
	return c.field(i, c.set.text).Str()
}

// label returns what the dataset calls choice i, "" when it has no name for it.
func (c choices) label(i int) string {
	switch {
	case c.set.columns != nil:
		return c.set.labels[i]
	case c.set.label == "":
		return ""
	}
	return c.field(i, c.set.label).Str()
}

// isRight reports whether choice i is marked as right.
func (c choices) isRight(i int) bool {
	v := c.field(i, c.set.right)
	n, _ := v.Int()
	truth, _ := v.Bool()
	return n == 1 || truth
}

func (c choices) field(i int, name string) dataset.Value {
	if !c.set.lists {
		return c.value.Index(i).Field(name)
	}
	if l := c.value.Field(name); i < l.Len() {
		return l.Index(i)
	}
	return dataset.Value{}
}

// choicePrompt is a question with its choices below, one per line: "A. ...".
type choicePrompt struct {
	question textPrompt
	choices  choiceSet
}

func (c choicePrompt) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	question, ok := c.question.join(b, row)
	if !ok {
		return dropNull
	}
	choices := c.choices.of(b, row)
	n := choices.len()
	if n < 1 || n > len(letters) {
		return dropChoices
	}
	var text strings.Builder
	text.WriteString(question)
	for i := range n {
		text.WriteString("\n" + letter(i) + ". ")
		text.WriteString(choices.text(i))
	}
	p.add(User, text.String())
	return ""
}

func (c choicePrompt) paths() []Path  { return append(c.question.paths(), c.choices.paths()...) }
func (c choicePrompt) String() string { return c.question.String() + " + " + c.choices.String() }
