package bench

import (
	"encoding/json"
	"errors"

	"github.com/promptmill/promptmill/bench/openai"
)

// jsonPrompt is every layout of a JSONL prompt file at once; each uses its own keys.
type jsonPrompt struct {
	Prompt        *string          `json:"prompt"`        // strict, vllm, guidellm
	Expected      *string          `json:"expected"`      // strict, messages
	Messages      []openai.Message `json:"messages"`      // messages
	Conversations []shareGPTTurn   `json:"conversations"` // sharegpt
	Text          *string          `json:"text"`          // aiperf, single turn
	Turns         []aiperfTurn     `json:"turns"`         // aiperf, multi turn
}

type shareGPTTurn struct {
	From  string `json:"from"`
	Value string `json:"value"`
}

type aiperfTurn struct {
	Text string `json:"text"`
}

var errNoPromptKey = errors.New(`no prompt: expected one of the keys "prompt", "messages", "conversations", "text", "turns"`)

func parseJSON(line []byte) (Prompt, error) {
	var j jsonPrompt
	if err := json.Unmarshal(line, &j); err != nil {
		return Prompt{}, err
	}
	p := Prompt{Expected: j.Expected}
	switch {
	case j.Prompt != nil:
		p.Messages = user(*j.Prompt)
	case len(j.Messages) > 0:
		p.Messages = j.Messages
	case len(j.Conversations) > 0:
		p.Messages, p.Expected = fromShareGPT(j.Conversations)
	case j.Text != nil:
		p.Messages = user(*j.Text)
	case len(j.Turns) > 0:
		p.Messages = user(j.Turns[0].Text) // later turns need the server's answers; one request sends the first
	default:
		return Prompt{}, errNoPromptKey
	}
	return p, nil
}

// fromShareGPT takes everything up to the last human turn as the prompt, and the answer to it as what is expected.
func fromShareGPT(turns []shareGPTTurn) (messages []openai.Message, expected *string) {
	roles := map[string]string{"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system"}
	end := len(turns)
	for end > 1 && roles[turns[end-1].From] == "assistant" {
		end--
	}
	for _, t := range turns[:end] {
		role := roles[t.From]
		if role == "" {
			role = "user"
		}
		messages = append(messages, openai.Message{Role: role, Content: t.Value})
	}
	if end < len(turns) {
		expected = &turns[end].Value
	}
	return messages, expected
}
