package validate

import (
	"bytes"
	"unicode"
)

// checkJSON checks a line of a JSON Lines file.
func (c *Checker) checkJSON(text []byte, p *problems) {
	if c.accept == nil || !c.accept(text) {
		c.judge(text, p)
	}
}

// judge is the full check of a line.
func (c *Checker) judge(text []byte, p *problems) {
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
