package openai

// decodeEmbeddings reads an answer of [Embeddings], whose output is its vectors.
func decodeEmbeddings(data []byte, c *chunk) error {
	var w struct {
		wireError
		Data  []wireAny `json:"data"`
		Usage wireInput `json:"usage"`
	}
	if err := unmarshalObject(data, &w); err != nil {
		return err
	}
	c.answer, c.output = w.Data != nil, len(w.Data) > 0
	c.usage.prompt = w.Usage.count()
	c.failure = w.failure(data, c.answer)
	return nil
}

// wireInput is the usage of an API that generates nothing.
type wireInput struct {
	Prompt *float64 `json:"prompt_tokens"`
	Total  *float64 `json:"total_tokens"`
}

func (w *wireInput) count() count {
	if n := countOf(w.Prompt); n.given {
		return n
	}
	return countOf(w.Total)
}

// walkEmbeddings is decodeEmbeddings without the cost of making nothing of each number.
func walkEmbeddings(data []byte, c *chunk) bool {
	w := walker{b: data}
	w.space()
	var seen names
	var total count
	ok := w.object(func(name []byte) bool {
		switch string(name) {
		case "data":
			return seen.add(1) && w.vectors(c)
		case "usage":
			return seen.add(2) && w.input(&c.usage.prompt, &total)
		case "error", "message", "detail":
			return false
		}
		return w.skip(0)
	})
	if !c.usage.prompt.given {
		c.usage.prompt = total
	}
	return ok && w.atEnd() && c.answer
}

// vectors walks a list that is not empty.
func (w *walker) vectors(c *chunk) bool {
	if w.i >= len(w.b) || w.b[w.i] != '[' {
		return false
	}
	inner := walker{b: w.b, i: w.i + 1}
	inner.space()
	c.answer, c.output = true, true
	return !inner.take(']') && w.skip(0)
}

func (w *walker) input(prompt, total *count) bool {
	var seen names
	return w.null() || w.object(func(name []byte) bool {
		switch string(name) {
		case "prompt_tokens":
			return seen.add(1) && w.count(prompt)
		case "total_tokens":
			return seen.add(2) && w.count(total)
		}
		return w.skip(0)
	})
}
