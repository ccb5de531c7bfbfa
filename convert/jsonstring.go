package convert

import (
	"math/bits"
	"unicode/utf8"
)

// appendString appends s as a JSON string.
//
// Beyond what JSON demands it escapes what readers take for the end of a line (U+0085, U+2028, U+2029) and
// the other control characters, and it never writes invalid UTF-8: each byte that is none becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0 // s[:done] is written
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf && i+8 <= len(s) {
			m := unusual(load8(s, i))
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) / 8
		}
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if literal(r, n) {
			i += n
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = appendEscaped(dst, r)
		i += n
		done = i
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

// literal says whether a rune of n bytes may stand in a JSON string as it is.
func literal(r rune, n int) bool {
	switch {
	case r < 0x7f:
		return r >= ' ' && r != '"' && r != '\\'
	case r < 0xa0, r == '\u2028', r == '\u2029':
		return false
	}
	return r != utf8.RuneError || n > 1
}

func appendEscaped(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return appendUnicodeEscape(dst, r)
}

// appendUnicodeEscape appends \uXXXX for a rune of the basic plane.
func appendUnicodeEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// unusual returns a word whose lowest set bit lies in the first of the eight bytes of x that is a control
// character, a quote, a backslash, DEL or no ASCII; 0 when there is none. Higher bits mean nothing, because
// a subtraction borrows from the bytes above the one it finds.
func unusual(x uint64) uint64 {
	control := (x - ones*' ') & ^x
	quote := x ^ ones*'"'
	quote = (quote - ones) & ^quote
	slash := x ^ ones*'\\'
	slash = (slash - ones) & ^slash
	del := x ^ ones*0x7f
	del = (del - ones) & ^del
	return (control | quote | slash | del | x) & highs
}

// load8 returns s[i:i+8], the first byte lowest. The compiler makes one load of it.
func load8(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
