package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/promptmill/promptmill/bench/openai"
)

// answerLength is how long the answer to a prompt is to be, under the names in use.
type answerLength struct {
	Output     tokenCount `json:"output_tokens"`           // vllm
	Max        tokenCount `json:"max_tokens"`              // vllm
	Count      tokenCount `json:"output_tokens_count"`     // guidellm
	Completion tokenCount `json:"completion_tokens_count"` // guidellm
}

// tokens is the first that is given, or 0.
func (a *answerLength) tokens() int {
	for _, n := range []tokenCount{a.Output, a.Max, a.Count, a.Completion} {
		if n > 0 {
			return int(n)
		}
	}
	return 0
}

// A tokenCount is a whole number of tokens; null is 0.
type tokenCount int

// maxTokenCount is more than any model can answer.
const maxTokenCount = 1 << 30

func (n *tokenCount) UnmarshalJSON(data []byte) error {
	var f *float64
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("%.40s: expected a number of tokens", data)
	}
	if f == nil {
		return nil
	}
	if *f < 1 || *f > maxTokenCount || *f != float64(int(*f)) {
		return fmt.Errorf("%.40s: expected a whole number of tokens, at least 1", data)
	}
	*n = tokenCount(*f)
	return nil
}

// readMembers takes what a line of messages has beside them: it goes into the request as it is, but for what is called
// otherwise at other endpoints.
func (p *Prompt) readMembers(line []byte) error {
	members, err := openai.ParseMembers(line)
	if err != nil {
		return err
	}
	for _, m := range members {
		switch m.Name {
		case "messages", "expected", "max_tokens": // which have been read
		case "tools":
			p.Tools = m.Value
		default:
			p.Extra = append(p.Extra, m)
		}
	}
	return nil
}

// readFields reads every member of a line, numbers as they are written.
func readFields(line []byte) (fields map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	err = d.Decode(&fields)
	return fields, err
}

var errNoDocuments = errors.New(`documents: expected a list of texts, or of objects with a "text"`)

// readDocuments reads a list of texts, each by itself or in an object.
func readDocuments(data json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil || len(list) == 0 {
		return nil, errNoDocuments
	}
	texts := make([]string, len(list))
	for i, d := range list {
		var object struct{ Text *string }
		if json.Unmarshal(d, &texts[i]) == nil {
			continue
		}
		if err := json.Unmarshal(d, &object); err != nil || object.Text == nil {
			return nil, errNoDocuments
		}
		texts[i] = *object.Text
	}
	return texts, nil
}
