package validate

import (
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// text accepts a string of t.
func (a *acceptor) text(t *textShape) bool {
	from := a.pos + 1
	escaped, ok := a.quoted()
	return ok && t.accepts(a.line[from:a.pos-1], escaped)
}

// quoted accepts any string, and tells whether it holds escapes.
func (a *acceptor) quoted() (escaped, ok bool) {
	line := a.line
	pos := a.pos + 1
	for {
		if pos+8 <= len(line) {
			m := marks(binary.LittleEndian.Uint64(line[pos:]))
			if m == 0 {
				pos += 8
				continue
			}
			pos += bits.TrailingZeros64(m) / 8
		} else if pos += plainLen(line[pos:]); pos >= len(line) {
			return false, false
		}
		switch c := line[pos]; {
		case c == '"':
			a.pos = pos + 1
			return escaped, true
		case c == '\\':
			n := escapeLen(line[pos:])
			if n == 0 {
				return false, false
			}
			pos += n
			escaped = true
		case c >= utf8.RuneSelf:
			n := a.wide(line[pos:])
			if n == 0 {
				return false, false
			}
			pos += n
		default:
			return false, false
		}
	}
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// marks sets the highest bit of the first of the eight bytes of x that is a control
// character, a quote, a backslash or not ASCII, and maybe bits after it. It is 0 if
// there is none.
func marks(x uint64) uint64 {
	control := x - lowBits*' '
	quote := (x ^ lowBits*'"') - lowBits
	slash := (x ^ lowBits*'\\') - lowBits
	return (x | control | quote | slash) & highBits
}

// plainLen returns how many bytes b begins with that a JSON string may hold as they
// are: printable ASCII but quote and backslash, and DEL.
func plainLen(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if m := marks(binary.LittleEndian.Uint64(b[n:])); m != 0 {
			return n + bits.TrailingZeros64(m)/8
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] != '"' && b[n] != '\\' && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// escapeLen returns the length of the escape that b begins with; 0 for one in doubt.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if r, ok := hex4(b[2:]); ok && (r < 0xD800 || r > 0xDFFF) {
			return 6
		}
	}
	return 0
}

// wide returns how many bytes b begins with that are characters beyond ASCII; 0 if
// they are in doubt, as those that are not UTF-8 and those that end lines are.
func (a *acceptor) wide(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= utf8.RuneSelf {
		var tail uint32 // the three bytes after the first
		switch rest := b[n:]; {
		case len(rest) >= 4:
			w := binary.LittleEndian.Uint32(rest)
			if w&0xC0C0F0 == 0x8080E0 && w&0xFF != 0xE0 && w&0xFF != 0xE2 && w&0xFF != 0xED {
				n += 3
				continue
			}
			if w&0xC0E0 == 0x80C0 && w&0xFF > 0xC3 {
				n += 2
				continue
			}
			tail = w >> 8
		case len(rest) == 3:
			tail = uint32(rest[1]) | uint32(rest[2])<<8
		case len(rest) == 2:
			tail = uint32(rest[1])
		}
		size := a.wideLen(b[n], tail)
		if size == 0 {
			return 0
		}
		n += size
	}
	return n
}

// wideLen returns the length of a character beyond ASCII by its first byte and those
// after it, the second lowest; 0 if it is in doubt.
func (a *acceptor) wideLen(first byte, tail uint32) int {
	second := byte(tail)
	switch {
	case first >= 0xE1 && first <= 0xEF:
		if tail&0xC0C0 != 0x8080 || first == 0xED && second >= 0xA0 {
			return 0
		}
		if first == 0xE2 && second <= 0x81 {
			return a.punctuation(uint16(tail))
		}
		return 3
	case first >= 0xC2 && first <= 0xDF:
		if tail&0xC0 != 0x80 || first == 0xC2 && second == 0x85 {
			return 0
		}
		if first == 0xC3 {
			a.odd = a.odd || second == 0x82 || second == 0x83 || second == 0xA2 || second == 0xAF || second == 0xB0
		}
		return 2
	case first == 0xE0 && tail&0xC0E0 == 0x80A0:
		return 3
	case first >= 0xF0 && first <= 0xF4 && tail&0xC0C0C0 == 0x808080:
		if first == 0xF0 && second < 0x90 || first == 0xF4 && second >= 0x90 {
			return 0
		}
		return 4
	}
	return 0
}

// punctuation tells apart the characters U+2000 to U+207F by the two bytes after the
// first one.
func (a *acceptor) punctuation(tail uint16) int {
	switch third := tail >> 8; {
	case tail&0xFF == 0x81:
		a.odd = a.odd || 0xA6 <= third && third <= 0xA9
	case third == 0xA8 || third == 0xA9: // U+2028, U+2029
		return 0
	default:
		a.odd = a.odd || 0xAA <= third && third <= 0xAE
	}
	return 3
}

// accepts reports that the inside of a string surely fits.
func (t *textShape) accepts(v []byte, escaped bool) bool {
	if t == nil {
		return true
	}
	return t.longEnough(v) && (!t.notBlank || hasText(v)) && (len(t.tests) == 0 || t.passes(v, escaped))
}

// longEnough reports that v has as many characters as it must. A character takes up to
// 4 bytes, and up to 6 as an escape.
func (t *textShape) longEnough(v []byte) bool {
	const widest = 6
	if len(v) >= widest*t.min && len(v) <= t.max {
		return true
	}
	if len(v) < t.min || len(v)/widest > t.max {
		return false
	}
	n := characters(v)
	return t.min <= n && n <= t.max
}

// passes reports that what v stands for passes all tests.
func (t *textShape) passes(v []byte, escaped bool) bool {
	s, ok := plainText(v, escaped)
	for _, test := range t.tests {
		ok = ok && test(s)
	}
	return ok
}

// characters counts the characters that the inside of a valid string without
// surrogate escapes stands for.
func characters(v []byte) int {
	n := 0
	for i := 0; i < len(v); n++ {
		switch {
		case v[i] == '\\':
			i += escapeLen(v[i:])
		case v[i] < utf8.RuneSelf:
			i++
		default:
			_, size := utf8.DecodeRune(v[i:])
			i += size
		}
	}
	return n
}

// plainText returns what the inside of a valid string stands for.
func plainText(v []byte, escaped bool) (string, bool) {
	if !escaped {
		return string(v), true
	}
	quoted := append(append([]byte{'"'}, v...), '"')
	p := parser{line: quoted, probs: &problems{}}
	s, err := p.text()
	return s, err == nil && p.probs.errors == 0
}

// hasText reports that the inside of a JSON string surely holds a character that is
// not white space.
func hasText(v []byte) bool {
	for len(v) > 0 {
		switch b := v[0]; {
		case b >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(v)
			if !unicode.IsSpace(r) {
				return true
			}
			v = v[n:]
		case b == '\\':
			switch v[1] {
			case 'n', 't', 'r', 'f':
				v = v[2:]
			case 'u':
				v = v[len(`\u0000`):]
			default:
				return true
			}
		case b > ' ':
			return true
		default:
			v = v[1:]
		}
	}
	return false
}
