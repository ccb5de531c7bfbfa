package mapping

import (
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// Reasons why a row gives no prompt.
const (
	dropNull      = "prompt is null"
	dropNoUser    = "conversation has no user turn"
	dropRole      = "conversation has a role that is not known"
	dropParts     = "conversation has a part that is not text"
	dropChoices   = "question has no choices, or more than 26"
	dropNoChoice  = "answer is none of the choices"
	dropFromOne   = "answer is one more than the last choice counted from 0: answers may count from 1, which makes all letters wrong"
	dropAmbiguous = "answer is the number of one choice and the text of another"
	dropNoPair    = "chosen and rejected share no prompt"
)

// textPrompt is one user turn made of one or more columns, a blank line between them.
type textPrompt []piece

type piece struct {
	at       Path
	optional bool // left out when null or blank; a prompt whose other pieces are null is null
}

func textOf(f dataset.Field) textPrompt { return textPrompt{{at: pathOf(f.Name)}} }

func optional(f dataset.Field) piece { return piece{at: pathOf(f.Name), optional: true} }

func (t textPrompt) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	text, ok := t.join(b, row)
	if !ok {
		return dropNull
	}
	p.add(User, text)
	return ""
}

// join returns the pieces as one string; without copying when there is but one.
func (t textPrompt) join(b *dataset.Batch, row int) (text string, ok bool) {
	for _, piece := range t {
		v := piece.at.get(b, row)
		s := textOfValue(v)
		switch {
		case piece.optional && blank(s):
		case v.Kind() == dataset.Null:
			return "", false
		case text == "":
			text = s
		default:
			text += "\n\n" + s
		}
	}
	return text, true
}

// textOfValue is Text, and the bytes of a Binary as they are.
func textOfValue(v dataset.Value) string {
	if k := v.Kind(); k == dataset.String || k == dataset.Binary {
		return v.Str()
	}
	return v.Text()
}

func (t textPrompt) paths() []Path {
	var paths []Path
	for _, piece := range t {
		paths = append(paths, piece.at)
	}
	return paths
}

func (t textPrompt) String() string {
	var names []string
	for _, piece := range t {
		names = append(names, piece.at.String())
	}
	return strings.Join(names, " + ")
}

// turnsPrompt is a list of user turns: the first asks, the others follow.
type turnsPrompt struct{ at Path }

func (t turnsPrompt) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	v := t.at.get(b, row)
	if v.Len() == 0 || v.Index(0).Kind() == dataset.Null {
		return dropNull
	}
	p.add(User, v.Index(0).Str())
	for i := 1; i < v.Len(); i++ {
		p.Later = append(p.Later, v.Index(i).Str())
	}
	return ""
}

func (t turnsPrompt) paths() []Path  { return []Path{t.at} }
func (t turnsPrompt) String() string { return t.at.String() }
