package clean

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// isText reports whether b is an ASCII character that every step leaves alone
// inside a value.
func isText(b byte) bool {
	return b-' ' < 0x7F-' ' || b == '\t' || b == '\n'
}

// textLen returns with how many such characters s begins.
func textLen(s string) int {
	if len(s) < wideWidth || !wide {
		return textLenNarrow(s)
	}
	if n := textLenNarrow(s[:8]); n < 8 { // not worth a call
		return n
	}
	return textLenWide(s)
}

// textLenNarrow looks at eight bytes together where none of them is a tab or a line feed.
func textLenNarrow(s string) int {
	n := 0
	for n < len(s) {
		if n+8 <= len(s) && !odd(load8(s[n:])) {
			n += 8
			continue
		}
		for end := min(n+8, len(s)); n < end; n++ {
			if !isText(s[n]) {
				return n
			}
		}
	}
	return n
}

// odd reports whether any of the eight bytes of x may not be printable ASCII. It
// never misses one, and it also reports tabs and line feeds.
func odd(x uint64) bool {
	low := x - lowBits*' ' // borrows where a byte is below a space
	del := x + lowBits     // carries into the high bit where a byte is DEL
	return (x|low|del)&highBits != 0
}

// load8 returns the first eight bytes of s; the compiler makes it one load.
func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
