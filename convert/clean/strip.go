package clean

import (
	"strings"
	"unicode/utf8"
)

// strip removes and replaces single characters and terminal escapes: everything
// that can be decided without looking at what comes before. C1 controls, which
// mojibake repair wants to see, stay unless all is set; late reports that one did.
func (c *Cleaner) strip(s string, all bool, seen *steps) (t string, late bool) {
	var out []byte
	done := 0
	for i := 0; i < len(s); {
		if !mayStrip[s[i]] {
			i++
			continue
		}
		e := c.editAt(s[i:])
		switch {
		case e.step == numSteps:
		case e.c1 && !all:
			late = true
		default:
			out = append(append(out, s[done:i]...), e.with...)
			done = i + e.n
			seen.add(e.step)
		}
		i += e.n
	}
	if done == 0 {
		return s, late
	}
	return string(append(out, s[done:]...)), late
}

// mayStrip says which bytes can begin a character that strip touches: controls, and
// the lead bytes of C1 controls, U+2000 to U+2FFF, U+F000 to U+FFFF and everything
// above.
var mayStrip = func() (t [256]bool) {
	for b := range t {
		t[b] = b < utf8.RuneSelf && !isText(byte(b)) || b == 0xC2 || b == 0xE2 || b >= 0xEF
	}
	return t
}()

// An edit replaces n bytes by others, on behalf of a step; numSteps means that they
// stay.
type edit struct {
	n    int
	with string
	step step
	c1   bool // it is about a C1 control
}

// editAt returns the edit for the first character of s.
func (c *Cleaner) editAt(s string) edit {
	r, n := utf8.DecodeRuneInString(s)
	e := edit{n: n, step: c.stepFor(r), c1: 0x80 <= r && r <= 0x9F}
	switch {
	case e.step == numSteps:
	case e.step == stepNewlines:
		e.with = "\n"
		e.n += len(s[1:]) - len(strings.TrimPrefix(s[1:], "\n"))
	case e.step == stepLines:
		e.with = "\n"
	case r == '\x1b':
		e.n = escapeLen(s)
	}
	return e
}

// stepFor returns the step of the profile that removes or replaces r wherever it
// stands, or numSteps.
func (c *Cleaner) stepFor(r rune) step {
	t := numSteps
	switch {
	case r == '\r':
		t = stepNewlines
	case r == 0x85, r == 0x2028, r == 0x2029:
		t = stepLines
	case r == 0xFEFF:
		t = stepBOM
	case r == 0x200B, r == 0x2060:
		t = stepZeroWidth
	case isControl(r):
		t = stepControls
	}
	if t != numSteps && !c.opts.has(t) {
		return numSteps
	}
	return t
}

// isControl reports C0 controls but tab and line feed, DEL, C1 controls,
// interlinear annotation marks and noncharacters.
func isControl(r rune) bool {
	switch {
	case r < 0xA0:
		return r < ' ' && r != '\t' && r != '\n' || r >= 0x7F
	case 0xFFF9 <= r && r <= 0xFFFB, 0xFDD0 <= r && r <= 0xFDEF:
		return true
	default:
		return r&0xFFFE == 0xFFFE
	}
}

// hasBidiControl reports whether s, which is valid, has one of U+202A to U+202E or U+2066 to U+2069.
func hasBidiControl(s string) bool {
	for {
		i := strings.IndexByte(s, 0xE2)
		if i < 0 {
			return false
		}
		switch b := s[i+2]; s[i+1] {
		case 0x80:
			if 0xAA <= b && b <= 0xAE {
				return true
			}
		case 0x81:
			if 0xA6 <= b && b <= 0xA9 {
				return true
			}
		}
		s = s[i+3:]
	}
}
