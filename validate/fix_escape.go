package validate

import (
	"bytes"
	"fmt"
	"unicode/utf16"
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
// prompts ask for, and those of the characters in escaped.
func appendQuoted(to []byte, s string, escaped map[rune]bool) []byte {
	to = append(to, '"')
	for _, r := range s {
		switch {
		case r < ' ' || r == '"' || r == '\\' || isSeparator(r):
			to = appendEscape(to, r)
		case !escaped[r]:
			to = utf8.AppendRune(to, r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				to = fmt.Appendf(to, `\u%04x`, unit)
			}
		}
	}
	return append(to, '"')
}

// escapedIn returns the characters from DEL on that a valid string of JSON holds as
// escapes.
func escapedIn(quoted []byte) map[rune]bool {
	escaped := make(map[rune]bool)
	for e := range numbered(quoted) {
		escaped[e.char] = true
	}
	return escaped
}
