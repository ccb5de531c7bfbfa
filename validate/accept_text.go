package validate

import (
	"unicode"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/jsontext"
)

// text accepts a string of t.
func (s *scanner) text(t *textShape) bool {
	from := s.pos + 1
	escaped, ok := s.quoted()
	return ok && t.accepts(s.line[from:s.pos-1], escaped)
}

// wrote steps over a string that needs no reading.
func (s *scanner) wrote() bool {
	for ; s.known < len(s.written); s.known++ {
		if w := s.written[s.known]; w.From >= s.pos {
			known := w.From == s.pos
			if known {
				s.pos = w.To
			}
			return known
		}
	}
	return false
}

// quoted accepts any string, and tells whether it may hold escapes.
func (s *scanner) quoted() (escaped, ok bool) {
	if len(s.written) > 0 && s.wrote() {
		return true, true
	}
	from, high, numbered := s.pos+1, false, false
	pos := from
	for {
		in := jsontext.Scan(s.line[pos:])
		pos, high, escaped = pos+in.Len, high || in.High, escaped || in.Escaped
		if pos == len(s.line) {
			return false, false
		}
		if s.line[pos] == '"' {
			break
		}
		n := escapeLen(s.line[pos:])
		if s.line[pos] != '\\' || n == 0 {
			return false, false
		}
		pos, escaped, numbered = pos+n, true, numbered || n > 2
	}
	s.pos = pos + 1
	s.odd = s.odd || high || numbered
	return escaped, !high || jsontext.Valid(s.line[from:pos])
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
