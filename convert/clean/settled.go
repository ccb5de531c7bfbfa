package clean

import (
	"unicode"
	"unicode/utf8"
	"unsafe"

	utf8asm "github.com/segmentio/asm/utf8"
)

// isPlain reports that no step before [Cleaner.finish] of any profile applies to s, nor its trimming: it is printable ASCII
// with tabs and line feeds and begins and ends with neither of them nor a space.
func isPlain(s string) bool {
	return s == "" || s[0] > ' ' && s[len(s)-1] > ' ' && textLen(s) == len(s)
}

// isSettled reports that s is valid UTF-8 and that no step of any profile but [MojibakeFull]'s applies to it, as isPlain
// does, of text in any script. It looks at every character once or twice. Where it would have to look longer it gives
// false.
func isSettled(s string) bool {
	if s == "" {
		return true
	}
	if isOuterSpace(s) {
		return false
	}
	i := 0
	if wide && len(s) > 2*wideWidth {
		if !validUTF8(s) {
			return false
		}
		for i+wideWidth < len(s) {
			n, enough := settledLenWide(s[i:]), 1
			if n < wideWidth/2 {
				enough = wideWidth // doubts come close together
			}
			i += n
			if n = settledLen(s[i:], enough); n == 0 {
				return false
			}
			i += n
		}
	}
	return i+settledLen(s[i:], len(s)) == len(s)
}

// validUTF8 is utf8.ValidString, many bytes at a time.
func validUTF8(s string) bool { return utf8asm.Valid(unsafe.Slice(unsafe.StringData(s), len(s))) }

// isOuterSpace reports whether s may begin or end with white space.
func isOuterSpace(s string) bool {
	first, last := s[0], s[len(s)-1]
	if first >= utf8.RuneSelf {
		if r, _ := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
			return true
		}
	}
	if last >= utf8.RuneSelf {
		if r, _ := utf8.DecodeLastRuneInString(s); unicode.IsSpace(r) {
			return true
		}
	}
	return first <= ' ' || last <= ' '
}

// settledLen returns the length of the settled characters that s begins with. It may stop after enough bytes.
func settledLen(s string, enough int) int {
	i := 0
	for i < len(s) && i < enough {
		n, rest := 0, s[i:]
		switch c := rest[0]; sizes[c] {
		case 1:
			if n = 1; len(rest) > 8 && !odd(load8(rest[1:])) {
				n = 9
			}
		case 2:
			if len(rest) > 1 && follows(rest[1]) && settledTwo[int(c&0x1F)<<6|int(rest[1]&0x3F)] {
				n = 2
			}
		case 3:
			for len(rest) > 2 && follows(rest[1]) && follows(rest[2]) && settledThree[int(rest[0]&0x0F)<<6|int(rest[1]&0x3F)] {
				n += 3
				if rest = rest[3:]; rest == "" || sizes[rest[0]] != 3 {
					break
				}
			}
		}
		if n == 0 {
			if n = unsureLen(rest); n == 0 {
				return i
			}
		}
		i += n
	}
	return i
}

// follows reports whether b is a continuation byte.
func follows(b byte) bool { return b&0xC0 == 0x80 }

var (
	// sizes tells the length of a character by its first byte, 0 where a look at the tables does not help.
	sizes = func() (t [256]uint8) {
		for b := range t {
			switch {
			case b >= 0xE0 && b < 0xF0:
				t[b] = 3
			case b >= 0xC2 && b < 0xE0:
				t[b] = 2
			case isText(byte(b)):
				t[b] = 1
			}
		}
		return t
	}()
	// settledTwo says which characters of two bytes are settled whatever follows.
	settledTwo = func() (t [1 << 11]bool) {
		for r := rune(0x80); int(r) < len(t); r++ {
			s := string(r)
			t[r] = unsureLen(s) > 0 && (s[0] != 0xC3 || !beginsStrong(s[1]))
		}
		return t
	}()
	// settledThree says which blocks of 64 characters of three bytes are settled, all of them.
	settledThree = func() (t [1 << 10]bool) {
		for block := 0x800 >> 6; block < len(t); block++ {
			t[block] = true
			for r := range rune(64) {
				r += rune(block) << 6
				t[block] = t[block] && utf8.ValidRune(r) && unsureLen(string(r)) > 0
			}
		}
		return t
	}()
)

// unsureLen returns the length of the first character of s, which is not ASCII, or 0 when it may not be settled.
func unsureLen(s string) int {
	c := s[0]
	if c < 0xC2 || len(s) < 2 || !follows(s[1]) {
		return 0
	}
	switch a := s[1]; {
	case c == 0xC2:
		return sized(2, a >= 0xA0) // the others are controls
	case c == 0xC3:
		return sized(2, !beginsStrong(a) || !decodesStrong(s))
	case c < 0xE0:
		return sized(2, isComposed(s))
	case len(s) < 3 || !follows(s[2]):
		return 0
	case c == 0xE2:
		return sized(3, isInert(s) && !isMarkup(a, s[2]))
	case c == 0xF0:
		return sized(4, isInert(s) && len(s) > 3 && follows(s[3]) && (s[2] != 0xBF || s[3] < 0xBE)) // not U+1FFFE and U+1FFFF
	}
	return sized(3, c < 0xF0 && isComposed(s))
}

// isComposed reports whether normalization surely leaves the first character of s alone.
func isComposed(s string) bool { return !mayComposeLead[s[0]] || isInert(s) }

// beginsStrong reports whether the bytes C3 and b are a character that decodesStrong can be true for: â, ã, ï or ð, which
// stand for E2, E3, EF and F0.
func beginsStrong(b byte) bool { return b == 0xA2 || b == 0xA3 || b == 0xAF || b == 0xB0 }

// sized returns n for what is settled, else 0.
func sized(n int, settled bool) int {
	if settled {
		return n
	}
	return 0
}

// isMarkup reports characters that begin with the bytes E2, a and b and that strip touches or counts: zero-width space,
// word joiner, separators of lines and bidi controls.
func isMarkup(a, b byte) bool {
	switch a {
	case 0x80:
		return b == 0x8B || 0xA8 <= b && b <= 0xAE
	case 0x81:
		return b == 0xA0 || 0xA6 <= b && b <= 0xA9
	}
	return false
}
