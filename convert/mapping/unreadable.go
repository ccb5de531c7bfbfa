package mapping

import (
	"slices"

	"github.com/promptmill/promptmill/convert/dataset"
)

// askingNames are the columns that rules take prompts from. "source" is none: alone it tells where a text is from.
var askingNames = slices.Concat(chatNames, questionNames, []string{
	"prompt", "instruction", "input", "inputs", "chosen", "article", "document", "text", "content", "raw_content", "body",
})

// unreadable says which column should have been the prompt by its name, and why it is not; "" when there is none. Beside
// such a column another one, such as the answers, must not become the prompt because it happens to be the only text.
func (c *columns) unreadable() (why string) {
	f, ok := c.first(func(f dataset.Field) bool {
		switch f.Kind {
		case dataset.String:
			return f.Type == "json"
		case dataset.Bool, dataset.Int, dataset.Float:
			return false // it counts or marks something
		}
		return true
	}, askingNames...)
	switch {
	case !ok:
		return ""
	case f.Kind == dataset.Null:
		return show(f.Name) + " should be the prompt by its name, and is null in every row"
	}
	return show(f.Name) + " should be the prompt by its name, and is a " + brief(f.Type) + ", in which no rule knows one"
}
