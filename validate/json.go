package validate

import (
	"bytes"
	"unicode"
)

// nextJSON checks the line of a JSON Lines file that text begins with, unless it is
// too long, and returns its length.
func (c *Checker) nextJSON(text []byte, p *problems) int {
	n, odd := c.shape.accept(text)
	doubted := n < 0
	if doubted {
		n = lineLen(text)
	}
	switch {
	case n > c.opts.MaxLineBytes:
	case doubted:
		c.doubt(text[:n], p)
	case odd:
		suspectJSON(text[:n], p)
	}
	return n
}

// doubt checks a line that the acceptor has not accepted.
func (c *Checker) doubt(line []byte, p *problems) {
	c.judge(line, p)
	suspectJSON(line, p)
}

// lineLen returns the length of the line that text begins with.
func lineLen(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

// judge is the full check of a line.
func (c *Checker) judge(text []byte, p *problems) {
	if v, ok := decode(text); ok && c.schema.compiled.Validate(v) == nil {
		return // there is nothing whose place must be found
	}
	if !checkBytes(text, p) {
		return
	}
	from := len(text) - len(bytes.TrimPrefix(text, []byte(byteOrderMark)))
	if len(bytes.TrimFunc(text[from:], unicode.IsSpace)) == 0 {
		p.add(from, RuleBlank, "remove the line", "the line is blank, want a JSON object")
		return
	}
	if root := parse(text, from, p); root != nil {
		c.schema.check(root, p)
	}
}
