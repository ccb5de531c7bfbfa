package mapping

import (
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func letter(i int) string { return letters[i : i+1] }

// choiceSet says how a column holds the choices of a question.
type choiceSet struct {
	at          Path
	text, label string // names of the fields; text is "" for a list of strings, label where there are none
	lists       bool   // a struct of lists, not a list of structs
}

func choiceSetOf(f dataset.Field) (choiceSet, bool) {
	s := choiceSet{at: pathOf(f.Name), lists: f.Kind == dataset.Struct}
	if isTexts(f) {
		return s, true
	}
	inner := f
	if !s.lists {
		inner = f.Elem()
	}
	isText := func(f dataset.Field) bool { return f.Kind == dataset.String }
	var ok bool
	s.text, ok = oneOf(inner, s.lists, isText, []string{"text"})
	s.label, _ = oneOf(inner, s.lists, isText, []string{"label"})
	return s, ok
}

func (s choiceSet) len(v dataset.Value) int {
	if s.lists {
		return v.Field(s.text).Len()
	}
	return v.Len()
}

func (s choiceSet) item(v dataset.Value, i int, field string) string {
	switch {
	case !s.lists && field == "":
		return v.Index(i).Str()
	case !s.lists:
		return v.Index(i).Field(field).Str()
	}
	if l := v.Field(field); i < l.Len() {
		return l.Index(i).Str()
	}
	return ""
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
	v := c.choices.at.get(b, row)
	n := c.choices.len(v)
	if n < 1 || n > len(letters) {
		return dropChoices
	}
	var text strings.Builder
	text.WriteString(question)
	for i := range n {
		text.WriteString("\n" + letter(i) + ". ")
		text.WriteString(c.choices.item(v, i, c.choices.text))
	}
	p.add(User, text.String())
	return ""
}

func (c choicePrompt) paths() []Path  { return append(c.question.paths(), c.choices.at) }
func (c choicePrompt) String() string { return c.question.String() + " + " + c.choices.at.String() }

// choiceAnswer is the letter of the right choice.
//
// Datasets give it in five ways, told apart in this order: the number of the choice from 0, its label, its
// letter, its number as text, its text.
type choiceAnswer struct {
	at      Path
	choices choiceSet
}

func (a choiceAnswer) read(b *dataset.Batch, row int) (text string, ok bool, drop string) {
	v, choices := a.at.get(b, row), a.choices.at.get(b, row)
	n := a.choices.len(choices)
	i, isInt := v.Int()
	if !isInt {
		s := strings.TrimSpace(v.Str())
		if s == "" {
			return "", false, ""
		}
		i = a.find(choices, n, s)
	} else if i < 0 {
		return "", false, "" // -1 is how datasets hide the labels of a test split
	}
	if i < 0 || i >= int64(min(n, len(letters))) {
		return "", false, dropNoChoice
	}
	return letter(int(i)), true, ""
}

// find returns the number of the choice that s names, -1 when none.
func (a choiceAnswer) find(choices dataset.Value, n int, s string) int64 {
	for i := range n {
		if a.choices.label != "" && a.choices.item(choices, i, a.choices.label) == s {
			return int64(i)
		}
	}
	if i := strings.Index(letters, strings.ToUpper(s)); len(s) == 1 && i >= 0 && i < n {
		return int64(i)
	}
	if i, err := strconv.ParseUint(s, 10, 8); err == nil && i < uint64(n) {
		return int64(i)
	}
	for i := range n {
		if strings.TrimSpace(a.choices.item(choices, i, a.choices.text)) == s {
			return int64(i)
		}
	}
	return -1
}

func (a choiceAnswer) paths() []Path  { return []Path{a.at, a.choices.at} }
func (a choiceAnswer) String() string { return "the letter of " + a.at.String() }
