package mock

import (
	"encoding/json"
	"fmt"

	"github.com/zeebo/xxh3"
)

// measurePrompt counts what is to be read for an answer.
func (r *request) measurePrompt(d *dialect, ep *endpoint) (size, *complaint) {
	switch ep.work {
	case workChat, workMessage:
		if r.Messages == nil || len(*r.Messages) == 0 && !d.emptyMessages {
			return size{choices: 1}, &complaint{invalid, "messages: want at least one message"}
		}
		return measureMessages(string(r.System), *r.Messages), nil
	case workResponse:
		return r.measureInput()
	case workEmbedding:
		var p prompts
		if r.Input == nil || p.UnmarshalJSON(r.Input) != nil {
			return size{choices: 1}, &complaint{invalid, "input: want a string, or an array of strings or of token ids"}
		}
		r.Prompt = &p
	case workRanking:
		return r.measureRanking()
	}
	if r.Prompt == nil || len(r.Prompt.words) == 0 {
		return size{choices: 1}, &complaint{invalid, "prompt: want at least one"}
	}
	s := size{choices: len(r.Prompt.words), hash: r.Prompt.hash}
	if s.choices > maxChoices {
		return s, &complaint{invalid, fmt.Sprintf("prompt: want %d at most", maxChoices)}
	}
	for _, n := range r.Prompt.words {
		s.prompt += n
	}
	return s, nil
}

func measureMessages(system string, list []message) size {
	s := size{choices: 1, prompt: countWords(system)}
	if system != "" {
		s.hash = xxh3.HashString(system)
	}
	for _, m := range list {
		s.prompt += countWords(string(m.Content))
		s.hash = xxh3.HashStringSeed(string(m.Content), s.hash)
	}
	return s
}

// measureInput measures that of a response: a text, or messages.
func (r *request) measureInput() (size, *complaint) {
	var text string
	var list []message
	if json.Unmarshal(r.Input, &text) == nil {
		list = []message{{Content: content(text)}}
	} else if json.Unmarshal(r.Input, &list) != nil || len(list) == 0 {
		return size{choices: 1}, &complaint{invalid, "input: want a string or a list of messages"}
	}
	return measureMessages("", list), nil
}

// measureRanking has a choice for each document.
func (r *request) measureRanking() (size, *complaint) {
	s := size{choices: len(r.Documents)}
	if r.Query == "" || s.choices == 0 || s.choices > maxChoices {
		return s, &complaint{invalid, fmt.Sprintf("want a query, and 1 to %d documents", maxChoices)}
	}
	s.hash = xxh3.HashString(r.Query)
	for _, d := range r.Documents {
		s.prompt += countWords(r.Query) + countWords(string(d))
		s.hash = xxh3.HashStringSeed(string(d), s.hash)
	}
	return s, nil
}
