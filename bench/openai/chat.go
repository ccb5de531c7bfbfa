package openai

import "encoding/json"

// decodeChat reads an event or a whole answer of [Chat] and [Completions].
func decodeChat(data []byte, c *chunk) error {
	var w wireChunk
	if err := unmarshalObject(data, &w); err != nil {
		return err
	}
	c.answer = w.Choices != nil
	for i := range w.Choices {
		w.Choices[i].into(c)
	}
	c.usage, c.timings = w.Usage.usage(), w.timings()
	c.failure = w.failure(data, w.Choices != nil)
	return nil
}

type wireChunk struct {
	wireError
	Choices  []wireChoice  `json:"choices"`
	Usage    *wireUsage    `json:"usage"`
	Timings  *wireTimings  `json:"timings"`
	TimeInfo wireSeconds   `json:"time_info"` // of Cerebras
	Groq     wireGroqExtra `json:"x_groq"`
}

type wireChoice struct {
	Index        *float64  `json:"index"`
	Delta        wireDelta `json:"delta"`
	Message      wireDelta `json:"message"` // in place of delta in an answer that is not streamed
	Text         wireText  `json:"text"`
	FinishReason wireText  `json:"finish_reason"`
}

type wireDelta struct {
	Content          wireText        `json:"content"`
	ReasoningContent wireText        `json:"reasoning_content"`
	Reasoning        wireText        `json:"reasoning"`
	Refusal          wireText        `json:"refusal"`
	ToolCalls        []wireAny       `json:"tool_calls"`
	FunctionCall     json.RawMessage `json:"function_call"`
}

type wireUsage struct {
	wireSeconds
	PromptTokens     *float64 `json:"prompt_tokens"`
	CompletionTokens *float64 `json:"completion_tokens"`
	PromptDetails    struct {
		CachedTokens *float64 `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		ReasoningTokens *float64 `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

// wireTimings are llama.cpp's.
type wireTimings struct {
	PromptMS    *float64 `json:"prompt_ms"`
	PredictedMS *float64 `json:"predicted_ms"`
	Cached      *float64 `json:"cache_n"`
}

// wireSeconds are the times that Groq has in its usage, and Cerebras beside it.
type wireSeconds struct {
	Queue      *float64 `json:"queue_time"`
	Prompt     *float64 `json:"prompt_time"`
	Completion *float64 `json:"completion_time"`
}

// wireGroqExtra is where Groq has the usage of a stream.
type wireGroqExtra struct {
	Usage *wireUsage `json:"usage"`
}

// into adds the choice to c.
func (w *wireChoice) into(c *chunk) {
	content := w.Text
	for _, d := range []*wireDelta{&w.Delta, &w.Message} {
		content += d.Content + d.Refusal
		c.reasoning = c.reasoning || d.ReasoningContent != "" || d.Reasoning != ""
		c.toolCall = c.toolCall || len(d.ToolCalls) > 0 || !emptyJSON(d.FunctionCall)
	}
	index := int(countOf(w.Index).n)
	c.choice = max(c.choice, index)
	if index == 0 && c.content == nil {
		c.say([]byte(content), false)
	}
	c.output = c.output || content != ""
	c.end([]byte(w.FinishReason))
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

// timings takes the first account there is.
func (w *wireChunk) timings() timings {
	if t := w.Timings; t != nil {
		return timings{
			prompt: millisOf(t.PromptMS, 1), predicted: millisOf(t.PredictedMS, 1), cached: countOf(t.Cached),
		}
	}
	for _, u := range []*wireUsage{w.Usage, w.Groq.Usage, {wireSeconds: w.TimeInfo}} {
		if u != nil && u.wireSeconds != (wireSeconds{}) {
			return timings{queue: millisOf(u.Queue, 1e3), prompt: millisOf(u.Prompt, 1e3), predicted: millisOf(u.Completion, 1e3)}
		}
	}
	return timings{}
}
