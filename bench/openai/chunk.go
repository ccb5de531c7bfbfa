package openai

// A chunk is what one event of an answer says, or a whole answer. Its slices may point into the event.
type chunk struct {
	answer    bool   // it has the form of an answer, maybe an empty one
	output    bool   // some choice has content
	reasoning bool   // some choice has reasoning content
	toolCall  bool   // some choice has a part of a tool call
	content   []byte // of the first choice
	escaped   bool   // content is the inside of a JSON string that has escapes
	choice    int    // the highest index of its choices
	finish    []byte // why the answer ended; nil when it has not
	finishes  int    // how many choices ended with it
	last      bool   // it ends the stream
	usage     usage
	timings   timings
	failure   string // the server's message when the event is an error; "" when it is not
}

// token says whether the chunk brings anything that was generated.
func (c *chunk) token() bool { return c.output || c.reasoning || c.toolCall }

// say takes a content that may be empty.
func (c *chunk) say(text []byte, escaped bool) {
	if len(text) > 0 {
		c.content, c.escaped, c.output = text, escaped, true
	}
}

// end takes a finish reason that may be empty.
func (c *chunk) end(reason []byte) {
	if len(reason) > 0 {
		c.finish = reason
		c.finishes++
	}
}

// read reads data into c: with walk where that is sure of itself, else with decode.
func (c *chunk) read(data []byte, t tongue) error {
	*c = chunk{}
	if t.walk(data, c) {
		return nil
	}
	*c = chunk{}
	return t.decode(data, c)
}

// usage is a usage object. A zero one is none.
type usage struct{ prompt, output, reasoning, cached count }

// update replaces the counts that are given anew: servers may spread them over several objects.
func (u *usage) update(newer *usage) {
	u.prompt.update(newer.prompt)
	u.output.update(newer.output)
	u.reasoning.update(newer.reasoning)
	u.cached.update(newer.cached)
}

// A count is a number of tokens that may be missing.
type count struct {
	n     int64
	given bool
}

func (c *count) update(newer count) {
	if newer.given {
		*c = newer
	}
}

// ptr is nil for a missing count.
func (c count) ptr() *int64 {
	if !c.given {
		return nil
	}
	n := c.n // of its own, so that a missing count costs no memory
	return &n
}

// timings are a server's own account of a request. Zero ones are none.
type timings struct {
	queue, prompt, predicted millis
	cached                   count
}

func (t *timings) given() bool {
	return t.queue.given || t.prompt.given || t.predicted.given || t.cached.given
}

// A millis is a time in milliseconds that may be missing.
type millis struct {
	ms    float64
	given bool
}

func (m millis) ptr() *float64 {
	if !m.given {
		return nil
	}
	ms := m.ms
	return &ms
}
