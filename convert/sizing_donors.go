package convert

import (
	"context"
	"strings"

	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
	"github.com/promptmill/promptmill/convert/tokens"
)

// donors are texts of the input for making prompts longer: what users say in its first rows.
type donors struct {
	texts  []string
	counts []int // tokens of each
}

const (
	mostDonors     = 1024
	mostDonorBytes = 4 << 20
)

// text returns texts from the one on that start tells, in their order and over again, until they have about so many
// tokens. It leaves out the text not, unless there is no other.
func (d *donors) text(start uint64, count int, not, between string) string {
	if len(d.texts) == 0 {
		return ""
	}
	const spare = 16 // tokens, for what is lost at the seams
	var b strings.Builder
	for i := start; count > -spare; i++ {
		at := i % uint64(len(d.texts))
		if d.texts[at] == not && len(d.texts) > 1 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(between)
		}
		b.WriteString(d.texts[at])
		count -= d.counts[at]
	}
	return b.String()
}

// gather reads text for the sizes that need some, from the first file that has any.
func (s *sizer) gather(ctx context.Context, f dataset.Table, m *mapping.Mapping, o clean.Options) error {
	if s == nil || s.Sizing == (Sizing{}) || len(s.donors.texts) > 0 {
		return nil
	}
	cleaner, bytes := clean.New(o), 0
	var p mapping.Prompt
	seen := map[string]bool{}
	for b, err := range f.Batches(ctx, m.Columns()) {
		if err != nil {
			return err
		}
		for row := range b.NumRows() {
			if m.Turn(b, row, 0, &p) != "" {
				continue
			}
			text, ok := s.donor(cleaner, &p)
			if !ok || seen[text] {
				continue
			}
			seen[text] = true
			s.donors.add(text, s.tokens)
			if bytes += len(text); bytes >= mostDonorBytes || len(s.donors.texts) == mostDonors {
				return s.gathered()
			}
		}
	}
	return s.gathered()
}

func (s *sizer) gathered() error {
	if s.SharedPrefix == 0 || len(s.donors.texts) == 0 {
		return nil
	}
	return s.choosePrefix()
}

// donor returns the text of a prompt as it would be written. Texts that would not be are none, and huge ones are cut.
func (s *sizer) donor(c *clean.Cleaner, p *mapping.Prompt) (string, bool) {
	text, err := c.String(p.Last())
	if err != nil || isBlank(text) {
		return "", false
	}
	if len(text) > mostDonorBytes {
		text = strings.ToValidUTF8(text[:mostDonorBytes], "")
	}
	if s.line != nil {
		line, drop := s.line(nil, &mapping.Prompt{Messages: []mapping.Message{{Role: mapping.User, Content: text}}})
		if drop != "" {
			return "", false
		}
		return string(line), true
	}
	return strings.Clone(text), true
}

func (d *donors) add(text string, t *tokens.Tokenizer) {
	d.texts, d.counts = append(d.texts, text), append(d.counts, max(1, t.Count(text)))
}
