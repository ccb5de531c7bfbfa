package validate

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

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
