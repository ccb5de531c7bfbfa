package openai

import "bytes"

// decodeRanking reads an answer of [Rerank], whose output is its scores: in an object, or, as from Hugging Face's text
// embeddings server, the bare list.
func decodeRanking(data []byte, c *chunk) error {
	var w struct {
		wireError
		Results []wireAny `json:"results"`
		Usage   wireInput `json:"usage"`
	}
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '[' {
		err := unmarshal(data, &w.Results)
		c.answer, c.output = err == nil, len(w.Results) > 0
		return err
	}
	if err := unmarshalObject(data, &w); err != nil {
		return err
	}
	c.answer, c.output = w.Results != nil, len(w.Results) > 0
	c.usage.prompt = w.Usage.count()
	c.failure = w.failure(data, c.answer)
	return nil
}
