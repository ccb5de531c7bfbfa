package validate

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string.
func (p *parser) text() (string, *syntaxError) {
	p.pos++
	from := p.pos
	var out []byte // what has been decoded, once there is an escape
	for p.pos < len(p.line) {
		switch b := p.line[p.pos]; {
		case b == '"':
			s := p.line[from:p.pos]
			p.pos++
			if out == nil {
				return string(s), nil
			}
			return string(append(out, s...)), nil
		case b == '\\':
			out = append(out, p.line[from:p.pos]...)
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
			from = p.pos
		case b < ' ':
			return "", p.fail("control character U+%04X inside a string, want an escape", b)
		case b >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(p.line[p.pos:])
			if r == 0x85 || r == 0x2028 || r == 0x2029 {
				p.probs.add(p.pos, RuleSeparator, "", `%U must be written \u%04x: some readers end the line here`, r, r)
			}
			p.pos += n
		default:
			p.pos++
		}
	}
	return "", p.fail("the line ends inside a string")
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
