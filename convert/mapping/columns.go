package mapping

import (
	"slices"

	"github.com/promptmill/promptmill/convert/dataset"
)

// columns is a schema as the rules ask it.
type columns struct {
	schema  dataset.Schema
	options Options
	passed  []string // columns that prefer could have returned in the place of those it did
}

// first returns the first of the names that is a column which ok accepts.
func (c *columns) first(ok func(dataset.Field) bool, names ...string) (dataset.Field, bool) {
	for _, name := range names {
		if f, found := find(c.schema.Fields, name); found && ok(f) {
			return f, true
		}
	}
	return dataset.Field{}, false
}

// text returns the first of the names that is a column of text.
func (c *columns) text(names ...string) (dataset.Field, bool) {
	return c.first(isText, names...)
}

// prefer is first for a column of the prompt, and notes which of the other names would have done as well.
func (c *columns) prefer(ok func(dataset.Field) bool, names ...string) (chosen dataset.Field, found bool) {
	for _, name := range names {
		f, there := find(c.schema.Fields, name)
		switch {
		case !there || !ok(f) || f.Name == chosen.Name:
		case !found:
			chosen, found = f, true
		case !slices.Contains(c.passed, f.Name):
			c.passed = append(c.passed, f.Name)
		}
	}
	return chosen, found
}

// answer returns the first of the names that is a column with answers in it, except one.
func (c *columns) answer(except string, names ...string) (answer, bool) {
	for _, name := range names {
		f, ok := find(c.schema.Fields, name)
		if !ok || f.Name == except {
			continue
		}
		if a, ok := c.answerFrom(f, pathOf(f.Name)); ok {
			return a, true
		}
	}
	return nil, false
}

// promptFrom reads a prompt from f by its type alone.
func promptFrom(f dataset.Field, at Path) (candidate, bool) {
	if shape, ok := chatShapeOf(f); ok {
		return candidate{prompt: chatPrompt{at: at, shape: shape, whole: normal(at.Column()) == "prompt"}}, true
	}
	switch f.Kind {
	case dataset.String, dataset.Binary, dataset.Bool, dataset.Int, dataset.Float, dataset.Other:
		return candidate{prompt: textPrompt{{at: at}}}, true
	case dataset.List:
		if f.Elem().Kind == dataset.String {
			return candidate{prompt: turnsPrompt{at}}, true
		}
	}
	return candidate{}, false
}

func isText(f dataset.Field) bool { return f.Kind == dataset.String }

func isTexts(f dataset.Field) bool {
	return f.Kind == dataset.List && f.Elem().Kind == dataset.String
}
