package validate

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string.
func (p *parser) text() (string, *syntaxError) {
	p.pos++
	out := p.texts.Len()
	for {
		from := p.pos
		p.pos += plainLen(p.line[p.pos:])
		p.texts.Write(p.line[from:p.pos])
		if p.pos == len(p.line) {
			return "", p.fail("the line ends inside a string")
		}
		switch b := p.line[p.pos]; {
		case b == '"':
			p.pos++
			return p.texts.String()[out:], nil
		case b == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			p.texts.WriteRune(r)
		case b < ' ':
			return "", p.fail("control character U+%04X inside a string, want an escape", b).mended("write it as an escape, as --fix does")
		default:
			p.wide()
		}
	}
}

// wide reads characters beyond ASCII.
func (p *parser) wide() {
	from := p.pos
	for ; p.pos < len(p.line) && p.line[p.pos] >= utf8.RuneSelf; p.pos++ {
		if b := p.line[p.pos]; b == 0xC2 || b == 0xE2 {
			if r := firstRune(p.line[p.pos:]); r == 0x85 || r == 0x2028 || r == 0x2029 {
				p.probs.add(p.pos, RuleSeparator, "write it as an escape, as --fix does", `%U must be written \u%04x: some readers end the line here`, r, r)
			}
		}
	}
	read := p.line[from:p.pos]
	if !utf8.Valid(read) {
		p.probs.add(from, RuleUTF8, "", "not valid UTF-8")
	}
	p.texts.Write(read)
}

// escape reads an escape and returns what it stands for.
func (p *parser) escape() (rune, *syntaxError) {
	at := p.pos
	p.pos++
	if p.pos == len(p.line) {
		return 0, p.fail("the line ends inside a string")
	}
	b := p.line[p.pos]
	p.pos++
	switch b {
	case '"', '\\', '/':
		return rune(b), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return p.unicode(at)
	}
	p.pos = at
	return 0, p.fail(`unknown escape \%s`, escape(start(p.line[at+1:], 1)))
}

// unicode reads what follows \u; a pair of surrogates is two escapes. The escape
// began at at.
func (p *parser) unicode(at int) (rune, *syntaxError) {
	r, ok := hex4(p.line[p.pos:])
	if !ok {
		p.pos = at
		return 0, p.fail(`\u without four hexadecimal digits`)
	}
	p.pos += 4
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if rest := p.line[p.pos:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if low, ok := hex4(rest[2:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				p.pos += 6
				return pair, nil
			}
		}
	}
	p.probs.add(at, RuleSurrogate, "", `\u%04x is half of a character: its other half is missing`, r)
	return utf8.RuneError, nil
}

// hex4 returns the value of the four hexadecimal digits that b begins with.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
