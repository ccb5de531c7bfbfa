package clean

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// isPlain reports that no step before [Cleaner.finish] of any profile applies to s, nor its trimming: it is printable ASCII
// with tabs and line feeds and begins and ends with neither of them nor a space.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	if s[0] <= ' ' || s[len(s)-1] <= ' ' {
		return false
	}
	for len(s) >= 8 {
		if odd(load8(s)) && !allPlain(s[:8]) {
			return false
		}
		s = s[8:]
	}
	return allPlain(s)
}

// odd reports whether any of the eight bytes of x may not be printable ASCII. It
// never misses one, and it also reports tabs and line feeds.
func odd(x uint64) bool {
	low := x - lowBits*' ' // borrows where a byte is below a space
	del := x + lowBits     // carries into the high bit where a byte is DEL
	return (x|low|del)&highBits != 0
}

func allPlain(s string) bool {
	for i := range len(s) {
		if !isText(s[i]) {
			return false
		}
	}
	return true
}

// isText reports whether b is an ASCII character that every step leaves alone
// inside a value.
func isText(b byte) bool {
	return b-' ' < 0x7F-' ' || b == '\t' || b == '\n'
}

// load8 returns the first eight bytes of s; the compiler makes it one load.
func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
