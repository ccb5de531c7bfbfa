package clean

import (
	"strings"
	"unicode"
)

// finishesPlain reports whether a step of finish can apply to text that is plain.
func (o Options) finishesPlain() bool { return o.TrimLines || o.Redact }

// finish runs the steps that come last: they take away or replace whole pieces of text and leave nothing that an
// earlier step would look at.
func (c *Cleaner) finish(s string, seen *steps) string {
	if c.opts.TrimLines {
		s = trimLines(s, seen)
	}
	if !c.opts.KeepOuterSpace {
		if t := trimOuter(s); len(t) != len(s) {
			s = t
			seen.add(stepOuterSpace)
		}
	}
	if c.opts.Redact {
		s = redact(s, seen)
	}
	return s
}

// trimOuter removes white space from the end of s, blank lines from its start, and the indentation of what is then the
// first line, unless a later line is indented as deep: that is code or markup, whose lines stand in relation to each other.
// It only looks at what it leaves, so a second run changes nothing.
func trimOuter(s string) string {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	text := strings.TrimLeftFunc(s, unicode.IsSpace)
	space := s[:len(s)-len(text)]
	indent := space[strings.LastIndexByte(space, '\n')+1:]
	if indent != "" && strings.Trim(indent, blanks) == "" && indentsLater(text, indent) {
		return s[len(space)-len(indent):]
	}
	return text
}

// indentsLater reports whether a line after the first begins with indent and is not blank.
func indentsLater(s, indent string) bool {
	_, s, more := strings.Cut(s, "\n")
	for more {
		var line string
		line, s, more = strings.Cut(s, "\n")
		if strings.HasPrefix(line, indent) && strings.TrimLeftFunc(line, unicode.IsSpace) != "" {
			return true
		}
	}
	return false
}

// blanks are what lines are indented with.
const blanks = " \t"

// trimLines removes spaces and tabs from the end of every line.
func trimLines(s string, seen *steps) string {
	var out []byte
	done := 0
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], '\n')
		if end < 0 {
			end = len(s) - at
		}
		end += at
		if kept := at + len(strings.TrimRight(s[at:end], blanks)); kept < end {
			out = append(out, s[done:kept]...)
			done = end
			seen.add(stepTrimLines)
		}
		at = end + 1
	}
	if done == 0 {
		return s
	}
	return string(append(out, s[done:]...))
}
