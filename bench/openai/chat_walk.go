package openai

import (
	"strconv"
	"unicode/utf8"
)

// walkChat is decodeChat for what most events are. In doubt, which leaves c in no useful state, are bad JSON, an error,
// more than one choice, escapes or capital letters in a name, a name given twice, and a type or a number of an unusual
// form.
func walkChat(data []byte, c *chunk) bool {
	w := walker{b: data}
	w.space()
	var seen names
	ok := w.object(func(name []byte) bool {
		switch string(name) {
		case "choices":
			return seen.add(1) && w.choices(c)
		case "usage":
			return seen.add(2) && w.usage(&c.usage)
		case "timings":
			return seen.add(4) && w.timings(&c.timings)
		case "error":
			return seen.add(8) && w.null()
		case "message", "detail", "x_groq", "time_info":
			return false
		}
		return w.skip(0)
	})
	return ok && w.atEnd()
}

// names is a set of names already seen in an object, as bits.
type names uint

// add is false for a name seen before.
func (s *names) add(bit names) bool {
	seen := *s&bit != 0
	*s |= bit
	return !seen
}

// choices walks the list of choices, which has at most one.
func (w *walker) choices(c *chunk) bool {
	if w.null() {
		return true
	}
	c.answer = true
	if !w.open('[') {
		return false
	}
	if w.close(']') {
		return true
	}
	return w.choice(c) && w.close(']')
}

func (w *walker) choice(c *chunk) bool {
	var seen names
	var index count
	ok := w.object(func(name []byte) bool {
		switch string(name) {
		case "index":
			return seen.add(8) && w.count(&index)
		case "delta":
			return seen.add(1) && w.delta(c)
		case "text":
			return seen.add(2) && w.content(c)
		case "finish_reason":
			text, escaped, ok := w.text()
			c.end(text)
			return ok && !escaped && seen.add(4)
		case "message":
			return false
		}
		return w.skip(0)
	})
	if c.choice = int(index.n); c.choice > 0 {
		c.content, c.escaped = nil, false
	}
	return ok
}

func (w *walker) delta(c *chunk) bool {
	var seen names
	return w.null() || w.object(func(name []byte) bool {
		switch string(name) {
		case "content":
			return seen.add(1) && w.content(c)
		case "reasoning_content":
			return seen.add(2) && w.flag(&c.reasoning)
		case "reasoning":
			return seen.add(4) && w.flag(&c.reasoning)
		case "tool_calls":
			return seen.add(8) && w.toolCalls(c)
		case "function_call":
			return seen.add(16) && w.null()
		case "refusal":
			return seen.add(32) && w.null()
		}
		return w.skip(0)
	})
}

// content walks the text of the choice. Text in two places is doubt.
func (w *walker) content(c *chunk) bool {
	text, escaped, ok := w.text()
	if !ok || len(text) > 0 && c.output {
		return false
	}
	c.say(text, escaped)
	return true
}

// flag walks a text of which only matters whether it is empty.
func (w *walker) flag(set *bool) bool {
	text, _, ok := w.text()
	*set = *set || len(text) > 0
	return ok
}

func (w *walker) toolCalls(c *chunk) bool {
	if w.null() {
		return true
	}
	if w.i >= len(w.b) || w.b[w.i] != '[' {
		return false
	}
	from := w.i
	if !w.skip(0) {
		return false
	}
	inner := walker{b: w.b[from+1 : w.i]}
	inner.space()
	c.toolCall = c.toolCall || inner.b[inner.i] != ']'
	return true
}

func (w *walker) usage(u *usage) bool {
	var seen names
	return w.null() || w.object(func(name []byte) bool {
		switch string(name) {
		case "prompt_tokens":
			return seen.add(1) && w.count(&u.prompt)
		case "completion_tokens":
			return seen.add(2) && w.count(&u.output)
		case "prompt_tokens_details":
			return seen.add(4) && w.detail("cached_tokens", &u.cached)
		case "completion_tokens_details":
			return seen.add(8) && w.detail("reasoning_tokens", &u.reasoning)
		case "queue_time", "prompt_time", "completion_time":
			return false
		}
		return w.skip(0)
	})
}

func (w *walker) detail(want string, n *count) bool {
	var seen names
	return w.null() || w.object(func(name []byte) bool {
		if string(name) == want {
			return seen.add(1) && w.count(n)
		}
		return w.skip(0)
	})
}

func (w *walker) timings(t *timings) bool {
	var seen names
	return w.null() || w.object(func(name []byte) bool {
		switch string(name) {
		case "prompt_ms":
			return seen.add(1) && w.millis(&t.prompt)
		case "predicted_ms":
			return seen.add(2) && w.millis(&t.predicted)
		case "cache_n":
			return seen.add(4) && w.count(&t.cached)
		}
		return w.skip(0)
	})
}

// count walks a plain number of tokens, or null.
func (w *walker) count(c *count) bool {
	if w.null() {
		return true
	}
	from := w.i
	if !w.number() || w.i-from > 15 {
		return false
	}
	for _, d := range w.b[from:w.i] {
		if d < '0' || d > '9' {
			return false
		}
		c.n = c.n*10 + int64(d-'0')
	}
	c.given = true
	return true
}

func (w *walker) millis(m *millis) bool {
	if w.null() {
		return true
	}
	from := w.i
	if !w.number() {
		return false
	}
	var err error
	m.ms, err = strconv.ParseFloat(string(w.b[from:w.i]), 64)
	m.given = true
	return err == nil
}

// text walks a string or null, and returns the inside of the string. Invalid UTF-8 is doubt.
func (w *walker) text() (text []byte, escaped, ok bool) {
	if w.null() {
		return nil, false, true
	}
	text, escaped, ok = w.str()
	return text, escaped, ok && utf8.Valid(text)
}
