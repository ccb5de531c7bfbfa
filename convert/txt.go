package convert

import (
	"bytes"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/jsontext"
	"github.com/promptmill/promptmill/convert/mapping"
)

// Newline says what becomes of a line break inside a prompt in a txt file, where a line is a prompt.
type Newline string

// The policies. The zero value is Space.
const (
	Space  Newline = "space"  // a run of line breaks becomes one space; at either end, nothing
	Escape Newline = "escape" // reversible: \ becomes \\, LF \n, CR \r, other control characters \uXXXX
	Drop   Newline = "drop"   // the row is dropped
)

const (
	dropLineBreak = "prompt has a line break"
	dropControl   = "prompt has a control character"
)

// class is what a rune is to a txt file.
type class uint8

const (
	plain   class = iota
	brk           // ends a line for some reader
	control       // must not be in the file
)

func classOf(r rune) class {
	switch r {
	case '\t':
		return plain
	case '\n', '\v', '\f', '\r', 0x1c, 0x1d, 0x1e, 0x85, '\u2028', '\u2029':
		return brk
	case '\ufeff':
		return control // at the start of a file it is a byte order mark
	}
	if r < ' ' || r >= 0x7f && r < 0xa0 {
		return control
	}
	return plain
}

// line appends the prompt as one line of txt. Control characters that are no line breaks are left when
// cleaning is off: they are escaped, or the row is dropped.
func (n Newline) line(dst []byte, p *mapping.Prompt) (line []byte, drop string) {
	text := p.Text()
	if n == Escape {
		return appendTextEscaped(dst, text), ""
	}
	start, gap := len(dst), false
	for i := 0; i < len(text); {
		if end := plainEnd(text, i); end > i {
			if gap {
				dst, gap = append(dst, ' '), false
			}
			dst = append(dst, text[i:end]...)
			i = end
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case classOf(r) == control:
			return dst[:start], dropControl
		case classOf(r) == plain: // it stands for a bad byte
			dst = utf8.AppendRune(dst, r)
		case n == Drop:
			return dst[:start], dropLineBreak
		default:
			gap = len(dst) > start
		}
	}
	if len(bytes.TrimSpace(dst[start:])) == 0 {
		return dst[:start], dropBlank // of separators that are no white space elsewhere
	}
	return dst, ""
}

// plainEnd returns the end of the run of valid, plain runes that starts at i.
func plainEnd(s string, i int) int {
	for i < len(s) {
		if i += jsontext.Plain(s[i:]); i == len(s) {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if classOf(r) != plain || r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

func appendTextEscaped(dst []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '\\':
			dst = append(dst, `\\`...)
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case classOf(r) != plain:
			dst = jsontext.AppendUnicode(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
