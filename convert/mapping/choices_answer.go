package mapping

import (
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// choiceAnswer is the letter of the right choice.
//
// Datasets give it in five ways, told apart in this order: the number of the choice from 0, its label, its
// letter, its number as text, its text. Text that is the number of one choice and the text of another names neither.
type choiceAnswer struct {
	at      Path
	choices choiceSet
}

func (a choiceAnswer) read(b *dataset.Batch, row int) (text string, ok bool, drop string) {
	v, choices := a.at.get(b, row), a.choices.of(b, row)
	n := choices.len()
	i, isInt := v.Int()
	if !isInt {
		s := strings.TrimSpace(v.Str())
		if s == "" {
			return "", false, ""
		}
		i = choices.find(n, s)
	} else if i < 0 {
		return "", false, "" // -1 is how datasets hide the labels of a test split
	} else if i == int64(n) {
		return "", false, dropFromOne
	}
	if i == ambiguous {
		return "", false, dropAmbiguous
	}
	if i < 0 || i >= int64(min(n, len(letters))) {
		return "", false, dropNoChoice
	}
	return letter(int(i)), true, ""
}

// ambiguous is what find returns for text that names two choices.
const ambiguous = -2

// find returns the number of the choice, of the first n, that s names; -1 when none.
func (c choices) find(n int, s string) int64 {
	for i := range n {
		if c.label(i) == s {
			return int64(i)
		}
	}
	if i := strings.Index(letters, strings.ToUpper(s)); len(s) == 1 && i >= 0 && i < n {
		return int64(i)
	}
	same := c.findText(n, s)
	i, err := strconv.ParseUint(s, 10, 8)
	switch {
	case err != nil || i >= uint64(n):
		return same
	case same >= 0 && same != int64(i):
		return ambiguous
	}
	return int64(i)
}

// findText returns the number of the choice, of the first n, whose text is s; -1 when none.
func (c choices) findText(n int, s string) int64 {
	for i := range n {
		if strings.TrimSpace(c.text(i)) == s {
			return int64(i)
		}
	}
	return -1
}

func (a choiceAnswer) paths() []Path  { return append([]Path{a.at}, a.choices.paths()...) }
func (a choiceAnswer) String() string { return "the letter of " + a.at.String() }

// markedAnswer is the letter of the first choice that is marked as right beside the choices.
type markedAnswer struct{ choices choiceSet }

func (a markedAnswer) read(b *dataset.Batch, row int) (text string, ok bool, drop string) {
	choices := a.choices.of(b, row)
	for i := range min(choices.len(), len(letters)) {
		if choices.isRight(i) {
			return letter(i), true, ""
		}
	}
	return "", false, ""
}

func (a markedAnswer) paths() []Path { return a.choices.paths() }

func (a markedAnswer) String() string {
	return "the letter of " + a.choices.at.field(a.choices.right).String()
}
