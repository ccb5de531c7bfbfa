package bench

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/openai"
)

// aiperfTurn is a turn of AIPerf's, and its only one where it is the whole line.
type aiperfTurn struct {
	Text   *string         `json:"text"`
	Image  json.RawMessage `json:"image"`
	Images json.RawMessage `json:"images"`
	Length tokenCount      `json:"output_length"`
	Delay  float64         `json:"delay"` // after the answer before it, ms
	Extra  json.RawMessage `json:"extra"`
}

// readTurn makes the prompt that of a first turn.
func (p *Prompt) readTurn(t *aiperfTurn) error {
	m, err := t.message()
	if err != nil {
		return err
	}
	p.Messages, p.MaxTokens = []openai.Message{m}, int(t.Length)
	if string(t.Extra) == "" || string(t.Extra) == "null" {
		return nil
	}
	if p.Extra, err = openai.ParseMembers(t.Extra); err != nil {
		return fmt.Errorf("extra: %w", err)
	}
	return nil
}

func (t *aiperfTurn) message() (openai.Message, error) {
	var text string
	if t.Text != nil {
		text = *t.Text
	}
	images, err := t.images()
	if err != nil || len(images) == 0 {
		return user(text)[0], err
	}
	return openai.MessageOf("user", append([]openai.Part{{Text: text}}, images...)), nil
}

// images are URLs, of which one may be a data URL; a path is not read.
func (t *aiperfTurn) images() ([]openai.Part, error) {
	var one string
	var urls []string
	for _, member := range []struct {
		raw  json.RawMessage
		into any
	}{{t.Image, &one}, {t.Images, &urls}} {
		if len(member.raw) > 0 && json.Unmarshal(member.raw, member.into) != nil {
			return nil, fmt.Errorf("image %.60s: expected a URL", member.raw)
		}
	}
	if one != "" {
		urls = append([]string{one}, urls...)
	}
	var parts []openai.Part
	for _, url := range urls {
		scheme, _, _ := strings.Cut(url, ":")
		if !slices.Contains([]string{"data", "http", "https"}, scheme) {
			return nil, fmt.Errorf("image %.60q: expected a URL, which may be a data URL; files are not read", url)
		}
		parts = append(parts, openai.Part{Image: url})
	}
	return parts, nil
}

// laterTurns are those that need the server's answers: one request sends only the first.
func laterTurns(turns []aiperfTurn) ([]Turn, error) {
	var later []Turn
	for i, t := range turns {
		m, err := t.message()
		if err != nil {
			return nil, fmt.Errorf("turn %d: %w", i+2, err)
		}
		delay := time.Duration(min(max(t.Delay, 0), maxDelayMS) * float64(time.Millisecond))
		later = append(later, Turn{Message: m, Delay: delay, MaxTokens: int(t.Length)})
	}
	return later, nil
}

// maxDelayMS is a day: a longer one is no user's.
const maxDelayMS = 24 * 60 * 60 * 1000
