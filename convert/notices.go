package convert

import (
	"fmt"

	"github.com/promptmill/promptmill/convert/mapping"
)

// noExpected explains why a layout cannot be written.
func noExpected(src SourceFile, m *mapping.Mapping, l Layout) error {
	return fmt.Errorf("%w: %s: layout %s needs them, and %s finds none; name their column with --expected-column, "+
		"or write prompts alone with --format txt, --layout guidellm or --layout vllm, "+
		"or write empty ones with --allow-empty-expected", ErrNoExpected, printable(src.name()), l, m)
}

// foretell returns what can be said before the first row: what the mapping chose, which options do nothing.
func foretell(m *mapping.Mapping, o Options) []string {
	list := append([]string{m.String()}, m.Notices...)
	if !o.takesExpected() && (o.Mapping.ExpectedColumn != "" || o.ExpectedExtract != nil) {
		list = append(list, "what is written has no place for expected answers: --expected-column and --expected-extract do nothing")
	}
	return list
}

// reshaped counts the prompts that the layout could not hold as they are.
type reshaped struct {
	flat, cut, replies int64
}

// count looks at a prompt that was written.
func (r *reshaped) count(p *mapping.Prompt, o Options) {
	history := p.HasHistory()
	switch {
	case o.Layout == AIPerf:
		if history {
			r.replies++
		}
		return
	case history && o.Layout != Chat && o.Layout != ShareGPT:
		r.flat++
	}
	if len(p.Later) > 0 {
		r.cut++
	}
}

// notices tells what was counted.
func (r reshaped) notices() (list []string) {
	if r.flat > 0 {
		list = append(list, fmt.Sprintf("prompts with earlier turns, written as blocks \"role: content\": %d; --layout messages keeps the turns apart", r.flat))
	}
	if r.cut > 0 {
		list = append(list, fmt.Sprintf("prompts with several turns of a user, of which only the first was written: %d; --layout aiperf writes all", r.cut))
	}
	if r.replies > 0 {
		list = append(list, fmt.Sprintf("prompts with earlier turns, of which only those of the user were written: %d; the server under test answers them; --layout messages keeps all", r.replies))
	}
	return list
}
