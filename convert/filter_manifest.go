package convert

import (
	"fmt"
	"reflect"
	"regexp"
)

// ManifestFilter is the [Filter] in a manifest.
type ManifestFilter struct {
	MinChars   int64    `json:"min_chars,omitempty"`
	MaxChars   int64    `json:"max_chars,omitempty"`
	MinBytes   int64    `json:"min_bytes,omitempty"`
	MaxBytes   int64    `json:"max_bytes,omitempty"`
	MinTokens  int64    `json:"min_tokens,omitempty"`
	MaxTokens  int64    `json:"max_tokens,omitempty"`
	Keep       []string `json:"keep_regex,omitempty"`
	Drop       []string `json:"drop_regex,omitempty"`
	Dedupe     bool     `json:"dedupe,omitempty"`
	NearDedupe float64  `json:"near_dedupe,omitempty"`
}

// asked returns f for the manifest, nil when it is off.
func (f Filter) asked() *ManifestFilter {
	m := ManifestFilter{
		MinChars: f.MinChars, MaxChars: f.MaxChars, MinBytes: f.MinBytes, MaxBytes: f.MaxBytes,
		MinTokens: f.MinTokens, MaxTokens: f.MaxTokens,
		Keep: expressions(f.Keep), Drop: expressions(f.Drop), Dedupe: f.Dedupe, NearDedupe: f.NearDedupe,
	}
	if reflect.ValueOf(m).IsZero() {
		return nil
	}
	return &m
}

func expressions(list []*regexp.Regexp) (texts []string) {
	for _, re := range list {
		texts = append(texts, re.String())
	}
	return texts
}

// reordered tells of texts that are not shown in the order in which they are stored.
func (p *pipeline) reordered() []string {
	n := p.prompts.BidiControls() + p.answers.BidiControls()
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("texts with bidi controls, which show text in another order than a model reads it: %d; they are kept", n)}
}
