package validate

import (
	"bytes"
	"unicode"
)

// nextJSON checks the line of a JSON Lines file that text begins with, unless it is
// too long, and returns its length.
func (c *Checker) nextJSON(text []byte, p *problems) int {
	n, odd := c.shape.accept(text)
	if n < 0 {
		if n = lineLen(text); n <= c.opts.MaxLineBytes {
			c.judge(text[:n], p)
		}
	}
	if odd && n <= c.opts.MaxLineBytes {
		suspectJSON(text[:n], p)
	}
	return n
}

// checkJSON checks one line of a JSON Lines file.
func (c *Checker) checkJSON(line []byte, p *problems) { c.nextJSON(line, p) }

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
