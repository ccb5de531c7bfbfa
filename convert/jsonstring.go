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
				for i += 8; i+16 <= len(s) && unusual(load8(s, i))|unusual(load8(s, i+8)) == 0; {
					i += 16
				}
				continue
			}
			i += bits.TrailingZeros64(m) / 8
		}
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if i = commonEnd(s, i); i == len(s) {
				break
			}
			if r = rune(s[i]); r >= utf8.RuneSelf {
				r, n = utf8.DecodeRuneInString(s[i:])
			}
		}
		if !literal(r, n) {
			dst = appendEscaped(append(dst, s[done:i]...), r)
			done = i + n
		}
		i += n
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

// commonEnd returns the end of the run of characters that starts at i and that are valid, literal and of the common kinds
// of two and three bytes.
func commonEnd(s string, i int) int {
	for i+2 < len(s) {
		switch c := s[i]; {
		case 0xc3 <= c && c <= 0xdf && s[i+1]&0xc0 == 0x80:
			i += 2
		case 0xe1 <= c && c <= 0xef && c != 0xe2 && c != 0xed && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80:
			i += 3
		default:
			return i
		}
	}
	return i
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
// an addition carries into the bytes above one that is no ASCII.
func unusual(x uint64) uint64 {
	const most = ones * 0x7f
	text := (x + ones*(0x80-' ')) & (x ^ ones*'"' + most) & (x ^ ones*'\\' + most) // high where it is none of the three
	del := x + ones
	return (^text | del | x) & highs
}

// load8 returns s[i:i+8], the first byte lowest. The compiler makes one load of it.
func load8(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
