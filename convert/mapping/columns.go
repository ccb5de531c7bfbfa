package mapping

import "github.com/promptmill/promptmill/convert/dataset"

// columns is a schema as the rules ask it.
type columns struct {
	schema  dataset.Schema
	options Options
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
	return c.first(func(f dataset.Field) bool { return f.Kind == dataset.String }, names...)
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

func isTexts(f dataset.Field) bool {
	return f.Kind == dataset.List && f.Elem().Kind == dataset.String
}
