package validate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape returns s with everything that a terminal would not simply show written as
// an escape: control and invisible characters, direction controls, bytes that are
// not UTF-8.
func escape(s string) string {
	plain := func(r rune) bool { return r != utf8.RuneError && strconv.IsPrint(r) }
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case plain(r) || r == utf8.RuneError:
			b.WriteRune(r)
		default:
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
		i += n
	}
	return b.String()
}

const (
	excerptBefore = 24 // bytes, before the place
	excerptBytes  = 72 // bytes, in all
)

// excerpt returns what stands around offset at of a line, cut where characters
// begin, and the offset of the place in it.
func excerpt(text []byte, at int) (shown string, mark int) {
	from := max(0, at-excerptBefore)
	for from > 0 && from < at && !utf8.RuneStart(text[from]) {
		from++
	}
	to := min(len(text), from+excerptBytes)
	for to < len(text) && to > at && !utf8.RuneStart(text[to]) {
		to--
	}
	before := escape(string(text[from:at]))
	if from > 0 {
		before = "…" + before
	}
	shown = before + escape(string(text[at:to]))
	if to < len(text) {
		shown += "…"
	}
	return shown, len(before)
}

// quote returns s in double quotes, escaped for a terminal and, when long, cut.
func quote(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		n := 0
		for i := range s {
			if n == most {
				s = s[:i] + "…"
				break
			}
			n++
		}
	}
	return `"` + escape(s) + `"`
}
