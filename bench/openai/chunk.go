package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// A chunk is what one event of an answer says. Its slices may point into the event.
type chunk struct {
	choices   bool   // there is a list of choices, maybe empty
	output    bool   // some choice has content
	reasoning bool   // some choice has reasoning content
	toolCall  bool   // some choice has a part of a tool call
	content   []byte // of the first choice
	escaped   bool   // content is the inside of a JSON string that has escapes
	finish    []byte // why the answer ended; nil when it has not
	usage     usage
	timings   timings
	failure   string // the server's message when the event is an error; "" when it is not
}

// token says whether the chunk brings anything that was generated.
func (c *chunk) token() bool { return c.output || c.reasoning || c.toolCall }

// usage is a usage object. A zero one is none.
type usage struct{ prompt, output, reasoning, cached count }

func (u usage) given() bool { return u != usage{} }

// A count is a number of tokens that may be missing.
type count struct {
	n     int64
	given bool
}

// ptr is nil for a missing count.
func (c count) ptr() *int64 {
	if !c.given {
		return nil
	}
	n := c.n // of its own, so that a missing count costs no memory
	return &n
}

// timings is llama.cpp's account, in milliseconds.
type timings struct {
	promptMS, predictedMS float64
	given                 bool
}

// read reads the data of an event into c: with walk where that is sure of itself, else with decode.
func (c *chunk) read(data []byte) error {
	*c = chunk{}
	if walk(data, c) {
		return nil
	}
	return decode(data, c)
}

// decode is the reading of an event that defines its meaning. Values of unexpected types are passed over, as servers
// put much beside what is read here.
func decode(data []byte, c *chunk) error {
	*c = chunk{}
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' {
		return errNoObject
	}
	var w wireChunk
	if err := unmarshal(data, &w); err != nil {
		return err
	}
	c.choices = w.Choices != nil
	for i := range w.Choices {
		w.Choices[i].into(c, i == 0)
	}
	c.usage = w.Usage.usage()
	if t := w.Timings; t != nil && (t.PromptMS != nil || t.PredictedMS != nil) {
		c.timings = timings{promptMS: orZero(t.PromptMS), predictedMS: orZero(t.PredictedMS), given: true}
	}
	c.failure = w.failure(data)
	return nil
}

var errNoObject = errors.New("not a JSON object")

// unmarshal is json.Unmarshal, but values whose type does not fit stay zero and are no error.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil
	}
	return err
}

type wireChunk struct {
	Choices []wireChoice    `json:"choices"`
	Usage   *wireUsage      `json:"usage"`
	Timings *wireTimings    `json:"timings"`
	Error   json.RawMessage `json:"error"`
	Message json.RawMessage `json:"message"`
	Detail  json.RawMessage `json:"detail"`
}

type wireChoice struct {
	Delta        wireDelta `json:"delta"`
	Message      wireDelta `json:"message"` // in place of delta in an answer that is not streamed
	Text         wireText  `json:"text"`
	FinishReason wireText  `json:"finish_reason"`
}

type wireDelta struct {
	Content          wireText        `json:"content"`
	ReasoningContent wireText        `json:"reasoning_content"`
	Reasoning        wireText        `json:"reasoning"`
	ToolCalls        []wireAny       `json:"tool_calls"`
	FunctionCall     json.RawMessage `json:"function_call"`
}

type wireUsage struct {
	PromptTokens     *float64 `json:"prompt_tokens"`
	CompletionTokens *float64 `json:"completion_tokens"`
	PromptDetails    struct {
		CachedTokens *float64 `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		ReasoningTokens *float64 `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

type wireTimings struct {
	PromptMS    *float64 `json:"prompt_ms"`
	PredictedMS *float64 `json:"predicted_ms"`
}

// wireAny is any value.
type wireAny struct{}

func (*wireAny) UnmarshalJSON([]byte) error { return nil }

// wireText is a string, or the text of a list of content parts; of anything else, nothing.
type wireText string

func (t *wireText) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = wireText(s)
		return nil
	}
	var parts []struct{ Text string }
	if json.Unmarshal(data, &parts) == nil {
		for _, p := range parts {
			*t += wireText(p.Text)
		}
	}
	return nil
}

// into adds the choice to c. Only the first choice's content is kept: more than one is never asked for.
func (w *wireChoice) into(c *chunk, first bool) {
	content := w.Text
	for _, d := range []*wireDelta{&w.Delta, &w.Message} {
		content += d.Content
		c.reasoning = c.reasoning || d.ReasoningContent != "" || d.Reasoning != ""
		c.toolCall = c.toolCall || len(d.ToolCalls) > 0 || !emptyJSON(d.FunctionCall)
	}
	c.output = c.output || content != ""
	if first {
		c.content = []byte(content)
	}
	if w.FinishReason != "" {
		c.finish = []byte(w.FinishReason)
	}
}

func (w *wireUsage) usage() usage {
	if w == nil {
		return usage{}
	}
	return usage{
		prompt:    countOf(w.PromptTokens),
		output:    countOf(w.CompletionTokens),
		reasoning: countOf(w.CompletionDetails.ReasoningTokens),
		cached:    countOf(w.PromptDetails.CachedTokens),
	}
}

func countOf(f *float64) count {
	if f == nil || *f < 0 || *f >= 1e15 {
		return count{}
	}
	return count{int64(*f), true}
}

func orZero(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}

// failure is the message of an error event: one with an error, or with a message and no choices.
func (w *wireChunk) failure(data []byte) string {
	if emptyJSON(w.Error) && (w.Choices != nil || emptyJSON(w.Message) && emptyJSON(w.Detail)) {
		return ""
	}
	if m := errorMessage(data); m != "" {
		return m
	}
	return strings.ToValidUTF8(string(data), "\ufffd")
}

// emptyJSON says whether a value is absent or has nothing in it.
func emptyJSON(v json.RawMessage) bool {
	switch string(v) {
	case "", "null", `""`, "{}", "[]", "false":
		return true
	}
	return false
}
