package openai

import (
	"encoding/json"
	"strconv"
)

// BodyOptions is what goes into every request body. What is zero is left out, and so up to the server.
type BodyOptions struct {
	Endpoint    Endpoint
	Model       string
	MaxTokens   int
	MinTokens   int      // an extension of vLLM and others
	Temperature *float64 // must be finite
	TopP        *float64 // must be finite
	Seed        *int64
	Stop        []string
	N           int  // answers to each request, where the endpoint can
	IgnoreEOS   bool // generate until MaxTokens: an extension of vLLM and llama.cpp
	Whole       bool // the answer is not to be streamed

	Tools          json.RawMessage // a list, as the endpoint has it
	ResponseFormat json.RawMessage // an object, as the endpoint has it

	Extra    Members   // further members of the body, in place of those above of the same name; null takes one away
	Template *Template // makes the whole body instead of all but Model and MaxTokens; nil is none
}

// Append appends the JSON body of a request for in. A stream is asked for with its usage where the endpoint generates
// and Whole is not set. For [Completions] and [Embeddings] the messages' texts are joined by blank lines. Invalid UTF-8
// becomes U+FFFD.
func (o *BodyOptions) Append(dst []byte, in *Input) []byte {
	if o.Template != nil {
		return o.Template.append(dst, o, in)
	}
	b := body{dst: append(dst, '{'), o: o, in: in, empty: true}
	b.string("model", o.model(in))
	switch o.Endpoint.api() {
	case chat:
		b.chat()
	case completions:
		b.completion()
	case responses:
		b.response()
	case messages:
		b.message()
	case embeddings:
		b.text("input")
	case rerank:
		b.ranking()
	}
	b.members(in.Extra, o.Extra.takesAway)
	b.members(o.Extra, in.Extra.has)
	return append(b.dst, '}')
}

func (o *BodyOptions) model(in *Input) string {
	if in.Model != "" {
		return in.Model
	}
	return o.Model
}

func (o *BodyOptions) maxTokens(in *Input) int {
	if in.MaxTokens > 0 {
		return in.MaxTokens
	}
	return o.MaxTokens
}

func (o *BodyOptions) tools(in *Input) json.RawMessage {
	if in.Tools != nil {
		return in.Tools
	}
	return o.Tools
}

// A body is a JSON object being written.
type body struct {
	dst   []byte
	o     *BodyOptions
	in    *Input
	empty bool
}

// begin begins a member, unless it is one of the further ones.
func (b *body) begin(name string) bool {
	if b.has(name) {
		return false
	}
	b.add(name)
	return true
}

// has says whether one of the further members has the name.
func (b *body) has(name string) bool { return b.o.Extra.has(name) || b.in.Extra.has(name) }

// members writes further members, but for those that others go before.
func (b *body) members(list Members, others func(name string) bool) {
	for _, m := range list {
		if string(m.Value) != "null" && !others(m.Name) {
			b.add(m.Name)
			b.dst = append(b.dst, m.Value...)
		}
	}
}

func (b *body) add(name string) {
	if !b.empty {
		b.dst = append(b.dst, ',')
	}
	b.empty = false
	b.dst = append(appendString(b.dst, name), ':')
}

func (b *body) string(name, value string) {
	if value != "" && b.begin(name) {
		b.dst = appendString(b.dst, value)
	}
}

func (b *body) int(name string, value int) {
	if value > 0 && b.begin(name) {
		b.dst = strconv.AppendInt(b.dst, int64(value), 10)
	}
}

func (b *body) float(name string, value *float64) {
	if value != nil && b.begin(name) {
		b.dst = strconv.AppendFloat(b.dst, *value, 'g', -1, 64)
	}
}

func (b *body) strings(name string, values []string) {
	if len(values) > 0 && b.begin(name) {
		b.dst = append(b.dst, '[')
		for i, v := range values {
			if i > 0 {
				b.dst = append(b.dst, ',')
			}
			b.dst = appendString(b.dst, v)
		}
		b.dst = append(b.dst, ']')
	}
}

func (b *body) raw(name string, value json.RawMessage) {
	if value != nil && b.begin(name) {
		b.dst = append(b.dst, value...)
	}
}

func (b *body) yes(name string, value bool) {
	if value && b.begin(name) {
		b.dst = append(b.dst, "true"...)
	}
}

// text is the texts of all messages as one string.
func (b *body) text(name string) {
	if !b.begin(name) {
		return
	}
	b.dst = append(b.dst, '"')
	for i, m := range b.in.Messages {
		if i > 0 {
			b.dst = append(b.dst, `\n\n`...)
		}
		b.dst = appendEscaped(b.dst, m.Content)
	}
	b.dst = append(b.dst, '"')
}

// sampling is what the endpoints that generate call by the same names.
func (b *body) sampling() {
	b.float("temperature", b.o.Temperature)
	b.float("top_p", b.o.TopP)
	if b.o.Seed != nil && b.begin("seed") {
		b.dst = strconv.AppendInt(b.dst, *b.o.Seed, 10)
	}
	b.yes("ignore_eos", b.o.IgnoreEOS)
	b.int("min_tokens", b.o.MinTokens)
}

// stream asks for a stream.
func (b *body) stream() { b.yes("stream", !b.o.Whole) }

// usage asks for the usage of a stream. Servers refuse that where there is none.
func (b *body) usage() {
	if !b.o.Whole && !b.has("stream") && b.begin("stream_options") {
		b.dst = append(b.dst, `{"include_usage":true}`...)
	}
}
