package openai

import "strings"

// decodeResponse reads an event or a whole answer of [Responses].
func decodeResponse(data []byte, c *chunk) error {
	var w wireResponseEvent
	if err := unmarshalObject(data, &w); err != nil {
		return err
	}
	switch kind := string(w.Type); kind {
	case "": // no event: a whole answer, or an error
		c.answer = w.Output != nil
		w.into(c)
		c.failure = w.failure(data, c.answer)
	case "response.completed", "response.incomplete", "response.failed":
		c.answer, c.last = true, true
		w.Response.outcome(c, data)
	case "response.output_item.added":
		c.toolCall = isCall(string(w.Item.Type))
	case "error":
		c.failure = messageOf(data)
	default:
		if delta := deltaOf(kind); delta != noDelta {
			delta.into(c, []byte(w.Delta), false)
		} else {
			c.failure = w.failure(data, true) // only an error is one
		}
	}
	return nil
}

type wireResponseEvent struct {
	wireResponse
	Type     wireText     `json:"type"`
	Delta    wireText     `json:"delta"`
	Response wireResponse `json:"response"`
	Item     struct {
		Type wireText `json:"type"`
	} `json:"item"`
}

type wireResponse struct {
	wireError
	Status     wireText `json:"status"`
	Incomplete struct {
		Reason wireText `json:"reason"`
	} `json:"incomplete_details"`
	Output []wireOutputItem   `json:"output"`
	Usage  *wireResponseUsage `json:"usage"`
}

type wireOutputItem struct {
	Type    wireText         `json:"type"`
	Content []wireOutputPart `json:"content"`
	Summary []wireOutputPart `json:"summary"`
}

type wireOutputPart struct {
	Text    wireText `json:"text"`
	Refusal wireText `json:"refusal"`
}

type wireResponseUsage struct {
	InputTokens  *float64 `json:"input_tokens"`
	OutputTokens *float64 `json:"output_tokens"`
	InputDetails struct {
		CachedTokens *float64 `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	OutputDetails struct {
		ReasoningTokens *float64 `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
}

// into adds a whole answer to c.
func (w *wireResponse) into(c *chunk) {
	var content strings.Builder
	for _, item := range w.Output {
		switch {
		case item.Type == "reasoning":
			c.reasoning = c.reasoning || textOf(item.Content)+textOf(item.Summary) != ""
		case isCall(string(item.Type)):
			c.toolCall = true
		default:
			content.WriteString(textOf(item.Content))
		}
	}
	c.say([]byte(content.String()), false)
	w.outcome(c, nil)
}

// outcome adds what an answer says of itself. Of an event with it, data are the bytes: an answer that failed is an
// error there.
func (w *wireResponse) outcome(c *chunk, data []byte) {
	c.usage = w.Usage.usage()
	c.end([]byte(w.Status))
	if w.Incomplete.Reason != "" {
		c.finish = []byte(w.Incomplete.Reason)
	}
	if w.Status == "failed" && data != nil {
		if c.failure = errorMessage(w.Error); c.failure == "" {
			c.failure = messageOf(data)
		}
	}
}

func (w *wireResponseUsage) usage() usage {
	if w == nil {
		return usage{}
	}
	return usage{
		prompt:    countOf(w.InputTokens),
		output:    countOf(w.OutputTokens),
		reasoning: countOf(w.OutputDetails.ReasoningTokens),
		cached:    countOf(w.InputDetails.CachedTokens),
	}
}

func textOf(parts []wireOutputPart) (text string) {
	for _, p := range parts {
		text += string(p.Text + p.Refusal)
	}
	return text
}

// isCall says whether an item of an answer is a call of a tool.
func isCall(kind string) bool { return strings.HasSuffix(kind, "_call") }

// A delta is what a piece of an answer is a piece of.
type delta int

const (
	noDelta delta = iota
	outputDelta
	reasoningDelta
	callDelta
)

// deltaOf tells it by the type of an event of [Responses].
func deltaOf(kind string) delta {
	switch kind {
	case "response.output_text.delta", "response.refusal.delta":
		return outputDelta
	case "response.reasoning_text.delta", "response.reasoning_summary_text.delta", "response.reasoning.delta":
		return reasoningDelta
	case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta",
		"response.mcp_call_arguments.delta", "response.code_interpreter_call_code.delta":
		return callDelta
	}
	return noDelta
}

// into adds the piece to c.
func (d delta) into(c *chunk, text []byte, escaped bool) {
	switch d {
	case outputDelta:
		c.say(text, escaped)
	case reasoningDelta:
		c.reasoning = c.reasoning || len(text) > 0
	case callDelta:
		c.toolCall = c.toolCall || len(text) > 0
	}
}

// walkResponse is decodeResponse for the events that bring pieces.
func walkResponse(data []byte, c *chunk) bool {
	w := walker{b: data}
	w.space()
	var seen names
	var kind, text []byte
	var escaped bool
	ok := w.object(func(name []byte) (ok bool) {
		switch string(name) {
		case "type":
			kind, _, ok = w.str()
			return ok && seen.add(1)
		case "delta":
			text, escaped, ok = w.text()
			return ok && seen.add(2)
		}
		return w.skip(0)
	})
	d := deltaOf(string(kind))
	d.into(c, text, escaped)
	return ok && w.atEnd() && d != noDelta
}
