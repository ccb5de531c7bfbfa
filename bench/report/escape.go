package report

import (
	"strings"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// markdownSpecial maps what GitHub's markdown may read as more than itself. The angle brackets and the ampersand
// become entities, so that a renderer which lets HTML through shows them as text too.
var markdownSpecial = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `[`, `\[`, `]`, `\]`, `|`, `\|`, `~`, `\~`, `$`, `\$`, `#`, `\#`, `!`, `\!`,
	`<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`, `@`, `&#64;`,
	`://`, `&#58;//`, `www.`, `www&#46;`, `WWW.`, `WWW&#46;`, // no links that nobody wrote
)

// markdown escapes s for the middle of a line or a table cell of GitHub-flavoured markdown: it shows as plain
// text, on one line, without links, mentions or HTML.
func markdown(s string) string { return escapeUnderscores(markdownSpecial.Replace(plain.Text(s))) }

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

// code is s as a code span where that is safe, else as escaped text: a backtick would end it, a bar a cell. It is for names
// that a reader copies.
func code(s string) string {
	if s == "" || strings.ContainsAny(s, "`|@") || plain.Text(s) != s || strings.TrimSpace(s) != s {
		return markdown(s)
	}
	return "`" + s + "`"
}
