package mapping

import (
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

// pairPrompt is a preference: two conversations as text that part after the prompt.
type pairPrompt struct{ chosen, rejected Path }

const assistantMark = "\n\nAssistant:"

func (t pairPrompt) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	chosen, rejected := t.chosen.get(b, row), t.rejected.get(b, row)
	if chosen.Kind() == dataset.Null || rejected.Kind() == dataset.Null {
		return dropNull
	}
	c := chosen.Str()
	cut := strings.LastIndex(c[:common(c, rejected.Str())], assistantMark)
	if cut < 0 {
		return dropNoPair
	}
	cut += len(assistantMark)
	p.add(User, c[:cut])
	p.expect(strings.TrimSpace(c[cut:]))
	return ""
}

// common returns the length of the longest common prefix.
func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func (t pairPrompt) paths() []Path      { return []Path{t.chosen, t.rejected} }
func (t pairPrompt) String() string     { return t.chosen.String() }
func (t pairPrompt) answeredBy() string { return "the rest of " + t.chosen.String() }

// pairChat is a preference of two conversations that part after a turn of the user, which the one that is chosen answers.
type pairChat struct {
	chatPrompt // the chosen one
	rejected   chatPrompt
}

func (c pairChat) read(b *dataset.Batch, row int, p *Prompt) (drop string) {
	chosen, rejected := c.at.get(b, row), c.rejected.at.get(b, row)
	if chosen.IsNull() || rejected.IsNull() {
		return dropNull
	}
	same := c.common(chosen, rejected)
	for i := min(same, c.shape.len(chosen)-1) - 1; i >= 0; i-- {
		if c.shape.roleAt(chosen, i) == User && c.shape.roleAt(chosen, i+1) == Assistant {
			return c.fill(chosen, i, true, p)
		}
	}
	return dropNoPair
}

// common returns how many messages both begin with.
func (c pairChat) common(chosen, rejected dataset.Value) int {
	n := min(c.shape.len(chosen), c.rejected.shape.len(rejected))
	for i := range n {
		a, _ := c.shape.textAt(chosen, i)
		b, _ := c.rejected.shape.textAt(rejected, i)
		if a != b || c.shape.roleAt(chosen, i) != c.rejected.shape.roleAt(rejected, i) {
			return i
		}
	}
	return n
}

func (c pairChat) paths() []Path { return []Path{c.at, c.rejected.at} }
