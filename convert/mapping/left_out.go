package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// answersByLetter are columns of choices that are not asked: what they are numbered from, no row says for sure.
var answersByLetter = []string{"answerA", "answerB", "answerC", "answerD", "answerE"}

// leftOut notes columns that belong to the prompt by their names and that nothing reads: tools beside a conversation, choices
// beside a question.
func (c *columns) leftOut(m *Mapping) {
	if m.Chat {
		c.leave(m, "tools", "tools", "functions")
		return
	}
	if m.Rule == ByColumns || m.Rule == ByTemplate || m.Rule == "R6" {
		return
	}
	names := slices.Concat(choiceNames, answersByLetter)
	if s, ok := c.choicesBeside(); ok {
		for _, p := range s.paths() {
			names = append(names, p.Column())
		}
	}
	c.leave(m, "choices", names...)
}

// leave notes which of the named columns are there and are not read.
func (c *columns) leave(m *Mapping, what string, names ...string) {
	used := m.Columns()
	var left []string
	for _, name := range names {
		if f, there := find(c.schema.Fields, name); there && f.Kind != dataset.Null && !slices.Contains(used, f.Name) {
			left = append(left, show(f.Name))
		}
	}
	if len(left) > 0 {
		m.Notices = append(m.Notices, fmt.Sprintf("%s are not part of the prompt: nothing reads %s", what, strings.Join(left, ", ")))
	}
}
