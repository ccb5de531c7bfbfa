package jsontext

import (
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// An Inside is what [Scan] has seen.
type Inside struct {
	Len     int  // bytes that belong to the string without doubt, if they are valid UTF-8
	High    bool // there are bytes that are no ASCII; whether they are valid UTF-8 is not looked at
	Escaped bool // there are escapes
}

// Scan goes over b, which begins inside a string, as far as that is made of characters as they are and of escapes of one
// letter. It stops at a quote, a control character but DEL, an escape by number or one that there is not, at U+0085,
// U+2028 and U+2029, and in the middle of what b does not hold to its end. [Valid] tells whether the bytes are UTF-8.
func Scan(b []byte) Inside {
	return scan(unsafe.String(unsafe.SliceData(b), len(b)), true)
}

// scan is [Scan]. fast is false only in tests.
func scan(s string, fast bool) (in Inside) {
	if fast && len(s) >= width && wide {
		if in = scanWide(s); len(s)-in.Len >= width {
			return in
		}
	}
	for in.Len < len(s) {
		i := in.Len
		if i+8 <= len(s) {
			m := special(load8(s[i:]))
			if m == 0 {
				in.Len += 8
				continue
			}
			i += bits.TrailingZeros64(m) / 8
		}
		in.Len = i
		n := in.step(s[i:])
		if n == 0 {
			return in
		}
		in.Len += n
	}
	return in
}

// step returns the length of what s begins with, up to two bytes of it, or 0 when the string may end here.
func (in *Inside) step(s string) int {
	switch c := s[0]; {
	case c == '\\':
		if len(s) < 2 || !simple[s[1]] {
			return 0
		}
		in.Escaped = true
		return 2
	case c >= utf8.RuneSelf:
		if len(s) > 1 && s[:2] == "\u0085" || endsLine(s) {
			return 0
		}
		in.High = true
	case c < ' ' || c == '"':
		return 0
	}
	return 1
}

// simple says which letters may follow a backslash and need nothing after them.
var simple = [256]bool{'"': true, '\\': true, '/': true, 'b': true, 'f': true, 'n': true, 'r': true, 't': true}
