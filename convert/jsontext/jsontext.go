// Package jsontext writes the strings of JSON and finds their ends, as fast as memory gives them out: 32 bytes at a time
// where the processor can, else eight.
package jsontext

import "unicode/utf8"

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special returns a word whose lowest set bit lies in the first of the eight bytes of x that is a control character, a
// quote, a backslash, DEL or no ASCII; 0 when there is none. Higher bits mean nothing, because an addition carries into
// the bytes above one that is no ASCII.
func special(x uint64) uint64 {
	const most = ones * 0x7f
	text := (x + ones*(0x80-' ')) & (x ^ ones*'"' + most) & (x ^ ones*'\\' + most) // high where it is none of the three
	del := x + ones
	return (^text | del | x) & highs
}

// load8 returns the first eight bytes of s, the first one lowest. The compiler makes one load of it.
func load8(s string) uint64 {
	s = s[:8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// endsLine reports whether s begins with U+2028 or U+2029, which some readers take for the end of a line.
func endsLine(s string) bool {
	return len(s) >= utf8.RuneLen('\u2028') && s[:2] == "\u2028"[:2] && s[2]&^1 == 0xa8
}
