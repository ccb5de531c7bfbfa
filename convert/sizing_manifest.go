package convert

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/promptmill/promptmill/convert/mapping"
)

// ManifestTokens tells of tokens in a manifest, where a tokenizer counted them.
type ManifestTokens struct {
	Tokenizer    string `json:"tokenizer"`
	SHA256       string `json:"sha256"` // of the tokenizer's file
	Target       int    `json:"target_input_tokens,omitempty"`
	SharedPrefix int    `json:"shared_prefix,omitempty"`

	// Lengths of the prompts that no filter left out, as they are written; those that a sample left out are among them.
	Prompts int64 `json:"prompts"`
	Total   int64 `json:"total"`
	Min     int64 `json:"min"`
	Max     int64 `json:"max"`
}

// lengths adds up the lengths of prompts. It can be used by several goroutines at once; the sums do not depend on who was
// first.
type lengths struct {
	prompts, total atomic.Int64
	less           atomic.Int64 // than the largest number, by the shortest
	max            atomic.Int64
}

func (l *lengths) add(n int64) {
	l.prompts.Add(1)
	l.total.Add(n)
	raise(&l.max, n)
	raise(&l.less, math.MaxInt64-n)
}

func raise(a *atomic.Int64, n int64) {
	for {
		old := a.Load()
		if n <= old || a.CompareAndSwap(old, n) {
			return
		}
	}
}

// count notes the length of a prompt that is written.
func (s *sizer) count(p *mapping.Prompt) {
	switch {
	case s == nil:
	case s.Target > 0:
		s.lengths.add(int64(s.Target))
	default:
		s.lengths.add(int64(s.tokens.Count(p.Text())))
	}
}

// manifest returns what was counted, nil when nothing was.
func (s *sizer) manifest() *ManifestTokens {
	if s == nil {
		return nil
	}
	m := &ManifestTokens{
		Tokenizer: s.tokens.Name(), SHA256: s.tokens.SHA256(), Target: s.Target, SharedPrefix: s.SharedPrefix,
		Prompts: s.lengths.prompts.Load(), Total: s.lengths.total.Load(), Max: s.lengths.max.Load(),
	}
	if m.Prompts > 0 {
		m.Min = math.MaxInt64 - s.lengths.less.Load()
	}
	return m
}

// String tells it to a person.
func (m *ManifestTokens) String() string {
	if m.Min == m.Max {
		return fmt.Sprintf("%d tokens in %d prompts of %d, by %s", m.Total, m.Prompts, m.Min, printable(m.Tokenizer))
	}
	return fmt.Sprintf("%d tokens in %d prompts of %d to %d, by %s", m.Total, m.Prompts, m.Min, m.Max, printable(m.Tokenizer))
}
