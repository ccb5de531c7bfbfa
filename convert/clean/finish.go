package clean

import "strings"

// finishesPlain reports whether a step of finish can apply to text that is plain.
func (o Options) finishesPlain() bool { return o.TrimLines || o.Redact }

// finish runs the steps that come last: they take away or replace whole pieces of text and leave nothing that an
// earlier step would look at.
func (c *Cleaner) finish(s string, seen *steps) string {
	if c.opts.TrimLines {
		s = trimLines(s, seen)
	}
	if !c.opts.KeepOuterSpace {
		if t := strings.TrimSpace(s); len(t) != len(s) {
			s = t
			seen.add(stepOuterSpace)
		}
	}
	if c.opts.Redact {
		s = redact(s, seen)
	}
	return s
}

// trimLines removes spaces and tabs from the end of every line.
func trimLines(s string, seen *steps) string {
	const blanks = " \t"
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
