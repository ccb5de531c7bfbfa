package mock

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/zeebo/xxh3"
)

// request is the body of a generation request, as far as the server looks at it.
type request struct {
	Model         string     `json:"model"`
	Messages      *[]message `json:"messages"`
	Prompt        *prompts   `json:"prompt"`
	Stream        bool       `json:"stream"`
	StreamOptions struct {
		IncludeUsage         bool `json:"include_usage"`
		ContinuousUsageStats bool `json:"continuous_usage_stats"`
	} `json:"stream_options"`
	Input               json.RawMessage `json:"input"`     // of responses and embeddings
	System              content         `json:"system"`    // of Anthropic's messages
	Query               string          `json:"query"`     // of a ranking
	Documents           []document      `json:"documents"` // of a ranking
	MaxOutputTokens     *int64          `json:"max_output_tokens"`
	MaxTokens           *int64          `json:"max_tokens"`
	MaxCompletionTokens *int64          `json:"max_completion_tokens"`
	N                   *int            `json:"n"`
	IgnoreEOS           bool            `json:"ignore_eos"`
}

type message struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// content is a message's text, given as a string or as a list of parts.
type content string

func (c *content) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		return json.Unmarshal(b, (*string)(c))
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		*c += content(p.Text)
	}
	return nil
}

// document is what is ranked: a text, or an object with one.
type document string

func (d *document) UnmarshalJSON(b []byte) error {
	if b[0] != '{' {
		return json.Unmarshal(b, (*string)(d))
	}
	var object struct{ Text string }
	err := json.Unmarshal(b, &object)
	*d = document(object.Text)
	return err
}

// prompts are those of a completion request: one or several, as text or as token ids.
type prompts struct {
	words []int
	hash  uint64
}

func (p *prompts) UnmarshalJSON(b []byte) error {
	p.hash = xxh3.Hash(b)
	var text string
	if json.Unmarshal(b, &text) == nil {
		p.words = []int{countWords(text)}
		p.hash = xxh3.HashString(text)
		return nil
	}
	var texts []string
	if json.Unmarshal(b, &texts) == nil {
		for _, t := range texts {
			p.words = append(p.words, countWords(t))
		}
		return nil
	}
	var ids []int64
	if json.Unmarshal(b, &ids) == nil {
		p.words = []int{len(ids)}
		return nil
	}
	var lists [][]int64
	if json.Unmarshal(b, &lists) != nil {
		return errors.New("prompt: want a string, or an array of strings or of token ids")
	}
	for _, l := range lists {
		p.words = append(p.words, len(l))
	}
	return nil
}

// A complaint is why a request is refused before it starts.
type complaint struct {
	why    reason
	detail string
}

// parse reads a body. A body that is JSON of the wrong shape is invalid; one that is no JSON is badJSON.
func parse(body []byte) (*request, *complaint) {
	var r request
	err := json.Unmarshal(body, &r)
	if err == nil {
		return &r, nil
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, &complaint{badJSON, fmt.Sprintf("parse error at byte %d", syntax.Offset)}
	}
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil, &complaint{invalid, fmt.Sprintf("%s: did not expect a JSON %s", cmp.Or(shape.Field, "body"), shape.Value)}
	}
	return nil, &complaint{invalid, err.Error()}
}

// size is how large the answer to a request will be.
type size struct {
	prompt  int    // tokens
	hash    uint64 // of the prompt
	choices int
	tokens  int // of each choice
	thought int // of which reasoning
	finish  string
}

// measure checks a request and sizes its answer.
func (c *Config) measure(d *dialect, r *request, ep *endpoint) (size, *complaint) {
	s, bad := r.measurePrompt(d, ep)
	if bad != nil {
		return size{}, bad
	}
	if n := r.N; n != nil && (ep.work == workChat || ep.work == workText) {
		if *n < 1 || *n > maxChoices || *n*s.choices > maxChoices {
			return size{}, &complaint{invalid, fmt.Sprintf("n: want 1 to %d answers to a request", maxChoices)}
		}
		s.choices *= *n
	}
	limit, bad := r.limit(d)
	if bad != nil {
		return size{}, bad
	}
	if c.ContextTokens > 0 && s.prompt > c.ContextTokens {
		if !d.cutsPrompts {
			return s, &complaint{why: promptTooLong}
		}
		s.prompt = c.ContextTokens
	}
	s.tokens, s.finish = c.length(limit, r.IgnoreEOS)
	if !ep.generates() || r.Messages != nil && len(*r.Messages) == 0 {
		s.tokens, s.finish = 0, "stop"
	}
	if ep.thought != "" {
		s.thought = min(c.ReasoningTokens, s.tokens)
	}
	return s, nil
}

// limit returns the most tokens the request wants, or a negative number where it does not say.
func (r *request) limit(d *dialect) (int, *complaint) {
	asked := cmp.Or(r.MaxOutputTokens, r.MaxCompletionTokens, r.MaxTokens)
	switch {
	case asked == nil:
		return -1, nil
	case *asked > 0:
		return int(min(*asked, maxAnswer)), nil
	case *asked < 0 && d.zeroTokens != zeroRefused:
		return -1, nil
	case *asked == 0 && d.zeroTokens == zeroIsOne:
		return 1, nil
	case *asked == 0 && d.zeroTokens == zeroIsUnlimited:
		return -1, nil
	}
	return 0, &complaint{invalid, fmt.Sprintf("max_tokens: want at least 1, got %d", *asked)}
}

// length is how long an answer is and why it ends there.
func (c *Config) length(limit int, ignoreEOS bool) (tokens int, finish string) {
	own := min(c.Tokens, maxAnswer)
	switch {
	case limit < 0 && own == 0:
		return defaultSize, "stop"
	case limit < 0:
		return own, "stop"
	case own == 0 || ignoreEOS || limit <= own:
		return limit, "length"
	}
	return own, "stop"
}
