package jsontext

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// Append appends s as a string of JSON, with its quotes.
//
// Beyond what JSON demands it escapes what readers take for the end of a line (U+0085, U+2028, U+2029) and
// the other control characters, and it never writes invalid UTF-8: each byte that is none becomes \ufffd.
func Append(dst []byte, s string) []byte {
	start := len(dst)
	dst = append(slices.Grow(dst, len(s)+len(s)/16+slack), '"')
	var ascii bool
	if dst, ascii = appendValid(dst, s, true); !ascii && !valid(s) {
		dst = appendAny(append(dst[:start], '"'), s)
	}
	return append(dst, '"')
}

// slack is how much more room than the text takes [appendWide] wants to see.
const slack = 64

// appendValid appends what is between the quotes, if s is valid UTF-8, and reports whether s is ASCII. fast is false only
// in tests.
func appendValid(dst []byte, s string, fast bool) (_ []byte, ascii bool) {
	ascii = true
	for i := 0; i < len(s); {
		if fast && len(s)-i >= width && wide {
			if cap(dst)-len(dst) < slack {
				dst = slices.Grow(dst, len(s)-i+slack)
			}
			w, r, high := appendWide(dst[len(dst):cap(dst)], s[i:])
			dst, i, ascii = dst[:len(dst)+w], i+r, ascii && !high
			if len(s)-i >= width && cap(dst)-len(dst) < slack {
				continue // there was no room for more
			}
		}
		n := Plain(s[i:])
		dst = append(dst, s[i:i+n]...)
		if i += n; i == len(s) {
			break
		}
		ascii = ascii && s[i] < utf8.RuneSelf
		dst, i = appendOne(dst, s, i)
	}
	return dst, ascii
}

// Plain returns with how many ASCII characters s begins that are written as they are.
func Plain(s string) int {
	n := 0
	for ; n+8 <= len(s); n += 8 {
		if m := special(load8(s[n:])); m != 0 {
			return n + bits.TrailingZeros64(m)/8
		}
	}
	for n < len(s) && escapes[s[n]] == asIs && s[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// appendOne appends the character of s at i, and returns where the next one is.
func appendOne(dst []byte, s string, i int) ([]byte, int) {
	if s[i] < utf8.RuneSelf {
		return appendEscaped(dst, rune(s[i])), i + 1
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if r < 0xa0 || r == '\u2028' || r == '\u2029' {
		return appendEscaped(dst, r), i + n
	}
	return append(dst, s[i:i+n]...), i + n
}

// appendAny is for text that is not valid.
func appendAny(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if r, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			dst = AppendUnicode(dst, r)
			i++
			continue
		}
		dst, i = appendOne(dst, s, i)
	}
	return dst
}

// What escapes says beside the letter that follows a backslash.
const (
	asIs    = 0
	unicode = 'u' // \u and four digits follow
)

// escapes says how an ASCII character is written.
var escapes = func() (t [256]byte) {
	for b := range ' ' {
		t[b] = unicode
	}
	t[0x7f] = unicode
	t['"'], t['\\'], t['\n'], t['\r'], t['\t'] = '"', '\\', 'n', 'r', 't'
	return t
}()

// appendEscaped appends a character as it may stand in a string: ASCII, or one that is to be escaped.
func appendEscaped(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		switch e := escapes[r]; e {
		case asIs:
			return append(dst, byte(r))
		case unicode:
		default:
			return append(dst, '\\', e)
		}
	}
	return AppendUnicode(dst, r)
}

// AppendUnicode appends \uXXXX for a character of the basic plane.
func AppendUnicode(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
