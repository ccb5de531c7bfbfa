// Package plain makes text of datasets, servers and files fit to be shown: nothing in it moves a cursor, breaks a line,
// changes the direction of text or hides.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with everything that a reader would not see as itself written out: control characters,
// direction overrides, zero-width and other format characters, line separators, private and unassigned code
// points become \n, \t, \xNN, \uNNNN or \UNNNNNNNN; other kinds of space become a space; invalid bytes become \xNN.
// The result has no character that moves a cursor, breaks a line or changes the direction of text.
func Text(s string) string {
	if printableASCII(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			writeVisible(&b, r)
		}
		i += n
	}
	return b.String()
}

func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func writeVisible(b *strings.Builder, r rune) {
	switch {
	case unicode.IsPrint(r):
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case unicode.Is(unicode.Zs, r):
		b.WriteByte(' ')
	case r < 0x80:
		fmt.Fprintf(b, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}
