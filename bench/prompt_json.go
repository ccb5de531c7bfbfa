package bench

import (
	"encoding/json"
	"errors"

	"github.com/promptmill/promptmill/bench/openai"
)

// jsonPrompt is every layout of a JSONL prompt file at once; each uses its own keys.
type jsonPrompt struct {
	aiperfTurn                     // aiperf, single turn
	answerLength                   // vllm, guidellm
	Prompt        *string          `json:"prompt"`        // strict, vllm, guidellm
	Expected      *string          `json:"expected"`      // strict, messages
	Messages      []openai.Message `json:"messages"`      // messages
	Conversations []shareGPTTurn   `json:"conversations"` // sharegpt
	Turns         []aiperfTurn     `json:"turns"`         // aiperf, multi turn
	Query         *string          `json:"query"`         // rerank
	Documents     json.RawMessage  `json:"documents"`     // rerank
}

type shareGPTTurn struct {
	From  string `json:"from"`
	Value string `json:"value"`
}

var errNoPromptKey = errors.New(`no prompt: expected one of the keys "prompt", "messages", "conversations", "text", "turns", "query"`)

func parseJSON(line []byte) (Prompt, error) {
	var j jsonPrompt
	if err := json.Unmarshal(line, &j); err != nil {
		return Prompt{}, err
	}
	p := Prompt{Expected: j.Expected}
	var err error
	switch {
	case j.Prompt != nil:
		p.Messages, p.MaxTokens = user(*j.Prompt), j.tokens()
	case len(j.Messages) > 0:
		p.Messages, p.MaxTokens = j.Messages, int(j.Max)
		err = p.readMembers(line)
	case len(j.Conversations) > 0:
		p.Messages, p.Expected = fromShareGPT(j.Conversations)
	case j.Text != nil:
		err = p.readTurn(&j.aiperfTurn)
	case len(j.Turns) > 0:
		if err = p.readTurn(&j.Turns[0]); err == nil {
			p.Later, err = laterTurns(j.Turns[1:])
		}
	case j.Query != nil:
		p.Messages = user(*j.Query)
		p.Documents, err = readDocuments(j.Documents)
	default:
		return Prompt{}, errNoPromptKey
	}
	return p, err
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
