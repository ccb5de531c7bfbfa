package validate

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// escapeRaw escapes the characters of strings that must not stand there as they are:
// control characters, and what some readers take for the end of a line. A carriage
// return between values becomes a space. text is returned when there is none.
func escapeRaw(text []byte) ([]byte, []repair) {
	if !hasRaw(text) {
		return text, nil
	}
	var out []byte
	var controls, separators, returns int64
	inside := false
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case inside && r == '\\':
			n = min(2, len(text)-i)
			out = append(out, text[i:i+n]...)
		case inside && r < ' ':
			controls++
			out = appendEscape(out, r)
		case inside && isSeparator(r):
			separators++
			out = appendEscape(out, r)
		case r == '\r':
			returns++
			out = append(out, ' ')
		default:
			inside = inside != (r == '"')
			out = append(out, text[i:i+n]...)
		}
		i += n
	}
	var done []repair
	for _, d := range []repair{{repairControls, controls}, {repairSeparators, separators}, {repairCR, returns}} {
		if d.count > 0 {
			done = append(done, d)
		}
	}
	return out, done
}

// hasRaw reports whether there may be something for escapeRaw to do.
func hasRaw(text []byte) bool {
	return bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || isSeparator(r) })
}

func isSeparator(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 }

// appendEscape appends a character below U+10000 as JSON escapes it.
func appendEscape(to []byte, r rune) []byte {
	if i := bytes.IndexByte([]byte("\b\f\n\r\t\"\\"), byte(r)); i >= 0 && r < utf8.RuneSelf {
		return append(to, '\\', `bfnrt"\`[i])
	}
	return fmt.Appendf(to, `\u%04x`, r)
}

// appendQuoted appends s as a string of JSON, with no more escapes than the layouts of
// prompts ask for.
func appendQuoted(to []byte, s string) []byte {
	to = append(to, '"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || isSeparator(r) {
			to = appendEscape(to, r)
			continue
		}
		to = utf8.AppendRune(to, r)
	}
	return append(to, '"')
}
