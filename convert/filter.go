package convert

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/dedupe"
	"github.com/promptmill/promptmill/convert/mapping"
	"github.com/promptmill/promptmill/convert/tokens"
)

// Filter says which prompts are left out. All of it is about the text of a prompt as it is written, after cleaning: the
// conversation with its system message, as [mapping.Prompt.Text] gives it, and for the layout aiperf every turn of it.
// The zero value leaves out none.
type Filter struct {
	MinChars, MaxChars int64 // in characters (code points); 0 means no limit
	MinBytes, MaxBytes int64 // in bytes of UTF-8; 0 means no limit

	MinTokens, MaxTokens int64 // in tokens of Options.Tokenizer; 0 means no limit

	Keep []*regexp.Regexp // every one must match somewhere
	Drop []*regexp.Regexp // none may match anywhere

	// Dedupe leaves out prompts that were written before. It takes at most 24 bytes of memory for each line.
	Dedupe bool
	// NearDedupe leaves out prompts that are nearly one that was written before: at least this similar, from 0.1 to 1,
	// in the sense of [dedupe.Near]; 0 means off. At 0.7 it takes at most 168 bytes of memory for each line.
	NearDedupe float64
}

// Reasons of a filter for dropping a row.
const (
	dropShort     = "prompt has fewer characters than --min-chars"
	dropLong      = "prompt has more characters than --max-chars"
	dropSmall     = "prompt has fewer bytes than --min-bytes"
	dropLarge     = "prompt has more bytes than --max-bytes"
	dropFew       = "prompt has fewer tokens than --min-tokens"
	dropMany      = "prompt has more tokens than --max-tokens"
	dropUnmatched = "prompt does not match --keep-regex"
	dropMatched   = "prompt matches --drop-regex"
	dropDuplicate = "prompt is a duplicate"
	dropNear      = "prompt is a near duplicate"
)

// check returns an [ErrOptions] for what cannot be meant.
func (f Filter) check(t *tokens.Tokenizer) error {
	for _, l := range []struct {
		name     string
		min, max int64
	}{{"chars", f.MinChars, f.MaxChars}, {"bytes", f.MinBytes, f.MaxBytes}, {"tokens", f.MinTokens, f.MaxTokens}} {
		switch {
		case l.min < 0:
			return fmt.Errorf("%w: --min-%s %d: want 0 (no limit) or more", ErrOptions, l.name, l.min)
		case l.max < 0:
			return fmt.Errorf("%w: --max-%s %d: want 0 (no limit) or more", ErrOptions, l.name, l.max)
		case l.max > 0 && l.min > l.max:
			return fmt.Errorf("%w: --min-%s %d is more than --max-%[2]s %[4]d: no prompt is both", ErrOptions, l.name, l.min, l.max)
		}
	}
	if f.MinTokens|f.MaxTokens != 0 && t == nil {
		return fmt.Errorf("%w: --min-tokens and --max-tokens count tokens: name the model's --tokenizer", ErrOptions)
	}
	if f.NearDedupe != 0 {
		if _, err := dedupe.NewNear(f.NearDedupe); err != nil {
			return fmt.Errorf("%w: --near-dedupe: %w", ErrOptions, err)
		}
	}
	return nil
}

// A sieve applies a [Filter] and remembers what passed.
type sieve struct {
	Filter

	on     bool
	turns  bool // later turns are written too
	tokens *tokens.Tokenizer
	exact  *dedupe.Exact
	near   *dedupe.Near
}

// newSieve returns the sieve for options that were checked.
func newSieve(o Options) *sieve {
	f := o.Filter
	s := &sieve{Filter: f, turns: o.Layout == AIPerf, tokens: o.Tokenizer}
	if f.Dedupe {
		s.exact = dedupe.NewExact()
	}
	if f.NearDedupe != 0 {
		s.near, _ = dedupe.NewNear(f.NearDedupe)
	}
	s.on = f.Dedupe || f.NearDedupe != 0 || len(f.Keep)+len(f.Drop) > 0 ||
		f.MinChars|f.MaxChars|f.MinBytes|f.MaxBytes|f.MinTokens|f.MaxTokens != 0
	return s
}

// drop says why p is left out. When it returns "", p has to be written: it is remembered as that.
func (s *sieve) drop(p *mapping.Prompt) (reason string) {
	if !s.on {
		return ""
	}
	text := p.Text()
	if s.turns && len(p.Later) > 0 {
		text += "\n\n" + strings.Join(p.Later, "\n\n")
	}
	for _, judge := range [...]func(string) string{s.dropLength, s.dropRegex, s.dropTokens, s.dropSeen} {
		if reason := judge(text); reason != "" {
			return reason
		}
	}
	return ""
}

func (s *sieve) dropLength(text string) string {
	if reason := outside(int64(len(text)), s.MinBytes, s.MaxBytes, dropSmall, dropLarge); reason != "" {
		return reason
	}
	if s.MinChars|s.MaxChars == 0 {
		return ""
	}
	return outside(int64(utf8.RuneCountInString(text)), s.MinChars, s.MaxChars, dropShort, dropLong)
}

// outside is the reason below or above where n is below least or above most, of which 0 is none.
func outside(n, least, most int64, below, above string) string {
	switch {
	case n < least:
		return below
	case most > 0 && n > most:
		return above
	}
	return ""
}

func (s *sieve) dropRegex(text string) string {
	for _, re := range s.Keep {
		if !re.MatchString(text) {
			return dropUnmatched
		}
	}
	for _, re := range s.Drop {
		if re.MatchString(text) {
			return dropMatched
		}
	}
	return ""
}

func (s *sieve) dropTokens(text string) string {
	if s.MinTokens|s.MaxTokens == 0 {
		return ""
	}
	return outside(int64(s.tokens.Count(text)), s.MinTokens, s.MaxTokens, dropFew, dropMany)
}

func (s *sieve) dropSeen(text string) string {
	if s.exact != nil && s.exact.Seen(text) {
		return dropDuplicate
	}
	if s.near != nil && s.near.Seen(text) {
		return dropNear
	}
	return ""
}
