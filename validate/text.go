package validate

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nextText checks the line of a txt file that text begins with, unless it is too
// long, and returns its length.
func (c *Checker) nextText(text []byte, p *problems) int {
	n := lineLen(text)
	if n <= c.opts.MaxLineBytes {
		checkText(text[:n], p)
	}
	return n
}

// checkText checks a line of a txt file.
func checkText(text []byte, p *problems) {
	if isPlainText(text) {
		return
	}
	checkWideText(text, p)
	suspect(text, p)
}

// checkWideText checks a line that is not plain.
func checkWideText(text []byte, p *problems) {
	if !checkBytes(text, p) {
		return
	}
	body := bytes.TrimPrefix(text, []byte(byteOrderMark))
	off := len(text) - len(body)
	if len(bytes.TrimSpace(body)) == 0 {
		p.add(off, RuleBlank, "remove the line", "the line is blank, want a prompt")
		return
	}
	for i, r := range string(body) {
		switch {
		case r == '\t' || r == '\r' || !unicode.IsControl(r):
		case r == 0x85:
			p.add(off+i, RuleSeparator, "put a space in its place", "U+0085 inside a prompt: some readers end the line here")
			return
		default:
			p.add(off+i, RuleControl, "remove it by hand", "control character %U, only tab is allowed", r)
			return
		}
	}
	if i := strings.IndexAny(string(body), "\u2028\u2029"); i >= 0 {
		p.warn(off+i, RuleSeparator, "put a space in its place", "U+%X inside a prompt: some readers end the line here", firstRune(body[i:]))
	}
}

// isPlainText reports a line of printable ASCII and tabs that is not blank.
func isPlainText(text []byte) bool {
	if len(text) == 0 || text[0] <= ' ' {
		return false
	}
	for _, b := range text {
		if b-' ' >= 0x7F-' ' && b != '\t' {
			return false
		}
	}
	return true
}

// checkBytes checks what holds for the lines of both formats: UTF-8, no byte order
// mark, no carriage return. It reports whether the line is UTF-8.
func checkBytes(text []byte, p *problems) bool {
	if i := firstInvalid(text); i >= 0 {
		fix := "save the file as UTF-8"
		if i == 0 && (bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))) {
			fix = "the file looks like UTF-16: save it as UTF-8"
		}
		p.add(i, RuleUTF8, fix, "byte 0x%02x is not valid UTF-8 here", text[i])
		return false
	}
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		p.add(0, RuleBOM, "remove it", "byte order mark U+FEFF at the start, which becomes part of the text")
	}
	switch i := bytes.IndexByte(text, '\r'); {
	case i < 0:
	case i == len(text)-1:
		p.add(i, RuleCR, "end lines with a line feed alone", "carriage return before the line feed")
	default:
		p.add(i, RuleCR, "", "carriage return inside the line")
	}
	return true
}

// firstInvalid returns the offset of the first byte that is not part of a character,
// or -1.
func firstInvalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
}

func firstRune(text []byte) rune {
	r, _ := utf8.DecodeRune(text)
	return r
}
