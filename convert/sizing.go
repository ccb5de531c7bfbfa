package convert

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/zeebo/xxh3"

	"github.com/promptmill/promptmill/convert/mapping"
	"github.com/promptmill/promptmill/convert/tokens"
)

// Sizing says how long prompts are made, in tokens of the text that [mapping.Prompt.Text] gives. Both need
// Options.Tokenizer. What filters judge, and what lineage and --dedupe know of a prompt, is the prompt before that.
type Sizing struct {
	// Target makes every prompt of exactly so many tokens: a longer one ends earlier, a shorter one goes on with text of
	// other prompts of the input; where neither gives the number, the row is dropped. 0 means as they are.
	Target int
	// SharedPrefix puts the same text of exactly so many tokens before every prompt. It is text of prompts of the
	// input, which Seed chooses, and a blank line. 0 means none.
	SharedPrefix int
}

// Reasons of a size for dropping a row.
const (
	dropInexact  = "prompt cannot be made exactly --target-input-tokens"
	dropSeveral  = "prompt of several turns cannot be sized in layout aiperf"
	dropNoPrefix = "no text for --shared-prefix"
)

const maxSize = 100_000_000 // tokens; a line of that many has about 400 MB

// check returns an [ErrOptions] for what cannot be meant.
func (s Sizing) check(t *tokens.Tokenizer) error {
	switch {
	case s.Target < 0 || s.Target > maxSize:
		return fmt.Errorf("%w: --target-input-tokens %d: want 1 to %d, or 0 to leave prompts as long as they are", ErrOptions, s.Target, maxSize)
	case s.SharedPrefix < 0 || s.SharedPrefix > maxSize:
		return fmt.Errorf("%w: --shared-prefix %d: want 1 to %d, or 0 for none", ErrOptions, s.SharedPrefix, maxSize)
	case s.Target > 0 && s.SharedPrefix >= s.Target:
		return fmt.Errorf("%w: --shared-prefix %d leaves nothing of --target-input-tokens %d for prompts", ErrOptions, s.SharedPrefix, s.Target)
	case s != Sizing{} && t == nil:
		return fmt.Errorf("%w: --target-input-tokens and --shared-prefix count tokens: name the model's --tokenizer", ErrOptions)
	}
	return nil
}

// A sizer applies a [Sizing]. Once it has gathered text, it can be used by several goroutines at once.
type sizer struct {
	Sizing

	tokens  *tokens.Tokenizer
	seed    uint64
	line    lineFunc // of txt that is not escaped: what is written is another text than the prompt
	flat    bool     // the layout writes a prompt as one text, roles and all
	single  bool     // the layout has no place for several turns as one text
	between []string // what may stand between a prompt and the text it goes on with
	donors  donors
	prefix  string
	lengths lengths
}

// newSizer returns the sizer for options that were checked, nil when tokens are not counted.
func newSizer(o Options) *sizer {
	if o.Tokenizer == nil {
		return nil
	}
	s := &sizer{Sizing: o.Sizing, tokens: o.Tokenizer, seed: o.Seed, single: o.Layout == AIPerf, between: []string{"\n\n", "\n", " "}}
	s.flat = o.Layout != AIPerf && o.Layout != Chat && o.Layout != ShareGPT
	if o.Format == TXT && o.Newline != Escape {
		s.line, s.between = o.Newline.line, []string{" "}
	}
	return s
}

// large reports that rows can be made many times their size.
func (s *sizer) large() bool { return s != nil && s.Target+s.SharedPrefix > 4096 }

// size returns the prompt to write in the place of p, which it leaves as it is.
func (s *sizer) size(p *mapping.Prompt) (sized *mapping.Prompt, drop string) {
	if s == nil || s.Sizing == (Sizing{}) {
		return p, ""
	}
	if s.single && len(p.Messages)+len(p.Later) > 1 {
		return nil, dropSeveral
	}
	q, bytes, drop := s.written(p)
	if drop != "" {
		return nil, drop
	}
	if s.SharedPrefix > 0 && s.prefix == "" {
		return nil, dropNoPrefix
	}
	q.Messages[0].Content = s.prefix + q.Messages[0].Content
	if s.Target > 0 && !s.reach(q, bytes, p.Last()) {
		return nil, dropInexact
	}
	return q, ""
}

// written returns a copy of p with the messages whose texts are written, and how many bytes at the end of the last one can
// be made longer or shorter. Where the layout writes one text, roles and all, that is one message: a prefix comes before
// the first role.
func (s *sizer) written(p *mapping.Prompt) (q *mapping.Prompt, bytes int, drop string) {
	c := *p
	text, bytes := "", len(p.Last())
	switch {
	case s.line != nil:
		line, drop := s.line(nil, p)
		if drop != "" {
			return nil, 0, drop
		}
		text, bytes = string(line), len(line)
	case s.flat:
		text = p.Text()
	default:
		c.Messages = slices.Clone(p.Messages)
		return &c, bytes, ""
	}
	c.Messages = []mapping.Message{{Role: mapping.User, Content: text}}
	return &c, bytes, ""
}

// reach makes what is in the last so many bytes of p longer or shorter. The prompt's own text chooses what it goes on with:
// the same prompts stay the same.
func (s *sizer) reach(p *mapping.Prompt, bytes int, own string) bool {
	text, last := p.Text(), &p.Messages[len(p.Messages)-1].Content
	body := (*last)[len(*last)-bytes:]
	head := text[:len(text)-bytes]
	count := s.tokens.Count(text)
	if count == s.Target {
		return true
	}
	fitted, ok := s.cutOrGoOn(head, body, own, count)
	if ok {
		*last = (*last)[:len(*last)-len(body)] + fitted
	}
	return ok
}

// cutOrGoOn returns what body, which follows head, has to become. Where neither a shorter nor a longer one has the
// target, as where the text has a space that is a token, a shorter one that goes on with other text may.
func (s *sizer) cutOrGoOn(head, body, own string, count int) (string, bool) {
	if count > s.Target {
		if cut, ok := s.tokens.Fit(head, body, "", s.Target); ok {
			return cut, true
		}
	} else if more, ok := s.more(head+body, own, s.Target-count); ok {
		return body + more, true
	}
	const most = 8 // tokens to give up
	for less := 1; less <= most; less++ {
		n := min(count, s.Target) - less
		cut, ok := s.tokens.Fit(head, body, "", n)
		if !ok {
			continue
		}
		if more, ok := s.more(head+cut, own, s.Target-n); ok {
			return cut + more, true
		}
	}
	return "", false
}

// more returns what text, which lacks so many tokens, has to go on with.
func (s *sizer) more(text, own string, lacks int) (string, bool) {
	const tries = 4 // texts to go on with
	start := xxh3.HashStringSeed(own, s.seed)
	for try := range uint64(tries) {
		body := s.donors.text(start+try, lacks, own, s.between[0])
		for _, between := range s.between {
			if cut, ok := s.tokens.Fit(text+between, body, "", s.Target); ok {
				return between + cut, true
			}
		}
	}
	return "", false
}

// choosePrefix makes the shared prefix of the text that was gathered.
func (s *sizer) choosePrefix() error {
	const tries = 16
	tail := s.between[0]
	for try := range uint64(tries) {
		body := strings.TrimLeftFunc(s.donors.text(mix(s.seed)+try, s.SharedPrefix, "", s.between[0]), unicode.IsSpace)
		if cut, ok := s.tokens.Fit("", body, tail, s.SharedPrefix); ok {
			s.prefix = cut + tail
			return nil
		}
	}
	return fmt.Errorf("%w: --shared-prefix %d: no text of the input has exactly so many tokens before a blank line: expected another number",
		ErrOptions, s.SharedPrefix)
}
