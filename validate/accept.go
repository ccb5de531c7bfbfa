package validate

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// acceptStrict reports that the line is surely valid under the strict schema; false
// means only that it is in doubt. It reads every byte about once and allocates
// nothing.
//
// It knows less than the full check, never more: keys are compared as they are
// written, and a surrogate escape, a repeated key or anything it has no rule for is
// a doubt.
func acceptStrict(line []byte, allowEmptyExpected bool) bool {
	a := acceptor{line: line, allowEmpty: allowEmptyExpected}
	if !a.token('{') || !a.member() || !a.token(',') || !a.member() || !a.token('}') {
		return false
	}
	a.space()
	return a.pos == len(line) && a.prompt && a.expected
}

type acceptor struct {
	line             []byte
	pos              int
	allowEmpty       bool
	prompt, expected bool // seen
}

func (a *acceptor) space() {
	for a.pos < len(a.line) && (a.line[a.pos] == ' ' || a.line[a.pos] == '\t') {
		a.pos++
	}
}

func (a *acceptor) token(b byte) bool {
	a.space()
	if a.pos == len(a.line) || a.line[a.pos] != b {
		return false
	}
	a.pos++
	return true
}

// member accepts a key, that was not there before, and its value.
func (a *acceptor) member() bool {
	a.space()
	rest := a.line[a.pos:]
	switch {
	case !a.prompt && hasPrefix(rest, `"prompt"`):
		a.pos += len(`"prompt"`)
		a.prompt = true
		v, ok := a.value()
		return ok && hasText(v)
	case !a.expected && hasPrefix(rest, `"expected"`):
		a.pos += len(`"expected"`)
		a.expected = true
		v, ok := a.value()
		return ok && (a.allowEmpty || len(v) > 0)
	}
	return false
}

func hasPrefix(b []byte, s string) bool {
	return len(b) >= len(s) && string(b[:len(s)]) == s
}

// value accepts a colon and a string and returns what is between its quotes.
func (a *acceptor) value() ([]byte, bool) {
	if !a.token(':') || !a.token('"') {
		return nil, false
	}
	from := a.pos
	wide := false
	for {
		n := plainLen(a.line[a.pos:])
		if a.pos += n; a.pos == len(a.line) {
			return nil, false
		}
		switch b := a.line[a.pos]; {
		case b == '"':
			v := a.line[from:a.pos]
			a.pos++
			return v, !wide || utf8.Valid(v)
		case b == '\\':
			if !a.escape() {
				return nil, false
			}
		case b >= utf8.RuneSelf:
			wide = true
			if !a.wide() {
				return nil, false
			}
		default:
			return nil, false
		}
	}
}

// wide steps over bytes that are not ASCII, leaving it to the caller to check that
// they are UTF-8. U+0085, U+2028 and U+2029 are a doubt.
func (a *acceptor) wide() bool {
	for a.pos < len(a.line) && a.line[a.pos] >= utf8.RuneSelf {
		switch rest := a.line[a.pos:]; rest[0] {
		case 0xC2:
			if hasPrefix(rest, "\u0085") {
				return false
			}
		case 0xE2:
			if hasPrefix(rest, "\u2028") || hasPrefix(rest, "\u2029") {
				return false
			}
		}
		a.pos++
	}
	return true
}

// escape steps over an escape.
func (a *acceptor) escape() bool {
	rest := a.line[a.pos+1:]
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		a.pos += 2
		return true
	case 'u':
		r, ok := hex4(rest[1:])
		a.pos += len(`\u0000`)
		return ok && (r < 0xD800 || r > 0xDFFF)
	}
	return false
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// plainLen returns how many bytes b begins with that a JSON string may hold as they
// are: printable ASCII but quote and backslash, and DEL.
func plainLen(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if special(binary.LittleEndian.Uint64(b[n:])) {
			break
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] != '"' && b[n] != '\\' && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// special reports whether one of the eight bytes of x is a control character, a
// quote, a backslash or not ASCII. It never misses one.
func special(x uint64) bool {
	control := x - lowBits*' '
	quote := (x ^ lowBits*'"') - lowBits
	slash := (x ^ lowBits*'\\') - lowBits
	return (x|control|quote|slash)&highBits != 0
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
