package mapping

import (
	"github.com/promptmill/promptmill/convert/dataset"
)

// answerNames are the columns that hold answers, the likeliest first, where a rule has no list of its own.
var answerNames = []string{
	"completion", "response", "canonical_solution", "output", "answer", "reference", "chosen",
	"ground_truth", "reward_model", "golden_answers", "answers", "best_answer", "correct_answer",
	"solution", "target", "targets", "expected",
}

// goldNames are the columns that hold the answer to a conversation that does not contain it.
var goldNames = []string{"reward_model", "ground_truth", "answer", "golden_answers", "answers", "solution", "reference", "expected"}

// answerFields are the fields of a struct that hold the answer, the likeliest first.
var answerFields = []string{"value", "text", "spans", "ground_truth", "answer"}

// answerFrom finds the answer inside f: a scalar, the first of a list, a telling field of a struct, the last
// assistant turn of a conversation.
func (c *columns) answerFrom(f dataset.Field, at Path) (answer, bool) {
	if shape, ok := chatShapeOf(f); ok {
		return chatAnswer{at, shape}, true
	}
	switch f.Kind {
	case dataset.List:
		return c.answerFrom(f.Elem(), at.at(0))
	case dataset.Struct:
		for _, name := range answerFields {
			child, ok := find(f.Children, name)
			if !ok {
				continue
			}
			if a, ok := c.answerFrom(child, at.field(child.Name)); ok {
				return a, true
			}
		}
		return nil, false
	case dataset.String, dataset.Bool, dataset.Int, dataset.Float, dataset.Other:
		a := valueAnswer{at: at}
		if f.Kind == dataset.Int && len(at.steps) == 1 {
			a.labels = c.schema.Labels[at.Column()]
		}
		return a, true
	}
	return nil, false
}

// valueAnswer is a scalar as text: the name of a class for its number, yes or no for a truth value.
type valueAnswer struct {
	at     Path
	labels []string
}

func (a valueAnswer) read(b *dataset.Batch, row int) (text string, ok bool, drop string) {
	v := a.at.get(b, row)
	if v.Kind() == dataset.Null {
		return "", false, ""
	}
	if n, isInt := v.Int(); isInt && a.labels != nil {
		if n < 0 || n >= int64(len(a.labels)) {
			return "", false, "" // -1 is how datasets hide the labels of a test split
		}
		return a.labels[n], true, ""
	}
	if truth, isBool := truthOf(v); isBool {
		if truth {
			return "yes", true, ""
		}
		return "no", true, ""
	}
	return textOfValue(v), true, ""
}

// truthOf is Bool, and true or false among values of other types.
func truthOf(v dataset.Value) (truth, ok bool) {
	if v.Kind() != dataset.Other {
		return v.Bool()
	}
	var buf [8]byte
	raw := string(v.JSON(buf[:0]))
	return raw == "true", raw == "true" || raw == "false"
}

func (a valueAnswer) paths() []Path  { return []Path{a.at} }
func (a valueAnswer) String() string { return a.at.String() }

// chatAnswer is the last assistant turn of a conversation.
type chatAnswer struct {
	at    Path
	shape chatShape
}

func (a chatAnswer) read(b *dataset.Batch, row int) (text string, ok bool, drop string) {
	v := a.at.get(b, row)
	for i := a.shape.len(v) - 1; i >= 0; i-- {
		if a.shape.roleAt(v, i) == Assistant {
			text, ok = a.shape.textAt(v, i)
			return text, ok, ""
		}
	}
	return "", false, ""
}

func (a chatAnswer) paths() []Path  { return []Path{a.at} }
func (a chatAnswer) String() string { return "the last assistant turn in " + a.at.String() }
