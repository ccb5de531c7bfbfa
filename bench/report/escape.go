package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns s with everything that a reader would not see as itself written out: control characters,
// direction overrides, zero-width and other format characters, line separators, private and unassigned code
// points become \n, \t, \xNN, \uNNNN or \UNNNNNNNN; other kinds of space become a space; invalid bytes become \xNN.
// The result has no character that moves a cursor, breaks a line or changes the direction of text.
func visible(s string) string {
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

// markdownSpecial maps what GitHub's markdown may read as more than itself. The angle brackets and the ampersand
// become entities, so that a renderer which lets HTML through shows them as text too.
var markdownSpecial = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `[`, `\[`, `]`, `\]`, `|`, `\|`, `~`, `\~`, `$`, `\$`, `#`, `\#`, `!`, `\!`,
	`<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`, `@`, `&#64;`,
	`://`, `&#58;//`, `www.`, `www&#46;`, `WWW.`, `WWW&#46;`, // no links that nobody wrote
)

// markdown escapes s for the middle of a line or a table cell of GitHub-flavoured markdown: it shows as plain
// text, on one line, without links, mentions or HTML.
func markdown(s string) string { return escapeUnderscores(markdownSpecial.Replace(visible(s))) }

// escapeUnderscores leaves those between two letters or digits: they mean nothing there, and names are full of them.
func escapeUnderscores(s string) string {
	if !strings.Contains(s, "_") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '_' && (i <= 0 || !wordByte(s[i-1]) || i+1 >= len(s) || !wordByte(s[i+1])) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// code is s as a code span where that is safe, else as escaped text. It is for names that a reader copies.
func code(s string) string {
	if s == "" || strings.ContainsAny(s, "`|<>&\\@") || visible(s) != s || strings.TrimSpace(s) != s {
		return markdown(s)
	}
	return "`" + s + "`"
}
