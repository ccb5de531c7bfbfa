package openai

import "strings"

// decodeMessage reads an event or a whole answer of [Messages].
func decodeMessage(data []byte, c *chunk) error {
	var w wireMessageEvent
	if err := unmarshalObject(data, &w); err != nil {
		return err
	}
	switch w.Type {
	case "message": // a whole answer
		c.answer = w.Content != nil
		w.into(c)
	case "message_start":
		c.answer = true
		c.usage = w.Message.Usage.usage()
		c.usage.output = count{} // of what has been generated so far; the end has the count
	case "content_block_start":
		w.Block.into(c)
	case "content_block_delta":
		messageDelta(string(w.Delta.Type)).into(c, []byte(w.Delta.piece()), false)
	case "message_delta":
		c.usage = w.Usage.usage()
		c.end([]byte(w.Delta.StopReason))
	case "message_stop":
		c.last = true
	case "error":
		c.failure = messageOf(data)
	default:
		var e wireError
		if err := unmarshal(data, &e); err != nil {
			return err
		}
		c.failure = e.failure(data, w.Type != "")
	}
	return nil
}

type wireMessageEvent struct {
	wireMessage
	Type    wireText         `json:"type"`
	Message wireMessage      `json:"message"`
	Block   wireMessageBlock `json:"content_block"`
	Delta   wireMessageDelta `json:"delta"`
}

type wireMessage struct {
	Content    []wireMessageBlock `json:"content"`
	StopReason wireText           `json:"stop_reason"`
	Usage      *wireMessageUsage  `json:"usage"`
}

type wireMessageBlock struct {
	Type     wireText `json:"type"`
	Text     wireText `json:"text"`
	Thinking wireText `json:"thinking"`
}

type wireMessageDelta struct {
	Type       wireText `json:"type"`
	Text       wireText `json:"text"`
	Thinking   wireText `json:"thinking"`
	JSON       wireText `json:"partial_json"`
	StopReason wireText `json:"stop_reason"`
}

type wireMessageUsage struct {
	Input   *float64 `json:"input_tokens"` // of those that no cache had to do with
	Output  *float64 `json:"output_tokens"`
	Read    *float64 `json:"cache_read_input_tokens"`
	Created *float64 `json:"cache_creation_input_tokens"`
}

// into adds a whole answer to c.
func (w *wireMessage) into(c *chunk) {
	var content []byte
	for _, b := range w.Content {
		content = append(content, b.Text...)
		b.into(c)
	}
	c.say(content, false)
	c.usage = w.Usage.usage()
	c.end([]byte(w.StopReason))
}

// into adds the block, or what there is of it at its start.
func (b *wireMessageBlock) into(c *chunk) {
	c.say([]byte(b.Text), false)
	c.reasoning = c.reasoning || b.Thinking != ""
	c.toolCall = c.toolCall || strings.HasSuffix(string(b.Type), "tool_use")
}

// piece is what the delta adds.
func (w *wireMessageDelta) piece() wireText {
	switch messageDelta(string(w.Type)) {
	case outputDelta:
		return w.Text
	case reasoningDelta:
		return w.Thinking
	case callDelta:
		return w.JSON
	}
	return ""
}

// messageDelta tells what a delta adds to by its type.
func messageDelta(kind string) delta {
	switch kind {
	case "text_delta":
		return outputDelta
	case "thinking_delta":
		return reasoningDelta
	case "input_json_delta":
		return callDelta
	}
	return noDelta
}

// usage counts as prompt all that was read, from a cache or not, as other APIs do.
func (w *wireMessageUsage) usage() usage {
	if w == nil {
		return usage{}
	}
	u := usage{prompt: countOf(w.Input), output: countOf(w.Output), cached: countOf(w.Read)}
	if u.prompt.given {
		u.prompt.n += u.cached.n + countOf(w.Created).n
	}
	return u
}

// walkMessage is decodeMessage for the events that bring pieces, and for pings.
func walkMessage(data []byte, c *chunk) bool {
	w := walker{b: data}
	w.space()
	var seen names
	var kind []byte
	var piece messagePiece
	ok := w.object(func(name []byte) (ok bool) {
		switch string(name) {
		case "type":
			kind, _, ok = w.str()
			return ok && seen.add(1)
		case "delta":
			return seen.add(2) && piece.walk(&w)
		case "error", "message", "content", "content_block", "usage", "stop_reason":
			return false
		}
		return w.skip(0)
	})
	if !ok || !w.atEnd() {
		return false
	}
	if string(kind) == "ping" {
		return true
	}
	d := messageDelta(string(piece.kind))
	d.into(c, piece.text, piece.escaped)
	return string(kind) == "content_block_delta" && d != noDelta
}

// A messagePiece is a delta as it stands in an event.
type messagePiece struct {
	kind, text []byte
	escaped    bool
	of         delta // by the name of text
}

// walk is in doubt about a text whose name is not that of the type.
func (p *messagePiece) walk(w *walker) bool {
	var seen names
	ok := w.object(func(name []byte) (ok bool) {
		switch string(name) {
		case "type":
			p.kind, _, ok = w.str()
			return ok && seen.add(1)
		case "text":
			p.of = outputDelta
		case "thinking":
			p.of = reasoningDelta
		case "partial_json":
			p.of = callDelta
		case "stop_reason":
			return false
		default:
			return w.skip(0)
		}
		p.text, p.escaped, ok = w.text()
		return ok && seen.add(2)
	})
	return ok && p.of == messageDelta(string(p.kind))
}
