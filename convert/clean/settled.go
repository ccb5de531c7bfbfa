package clean

import (
	"unicode"
	"unicode/utf8"
)

// isPlain reports that no step before [Cleaner.finish] of any profile applies to s, nor its trimming: it is printable ASCII
// with tabs and line feeds and begins and ends with neither of them nor a space.
func isPlain(s string) bool {
	return s == "" || s[0] > ' ' && s[len(s)-1] > ' ' && textLen(s) == len(s)
}

// isSettled reports that s is valid UTF-8 and that no step of any profile but [MojibakeFull]'s applies to it, as isPlain
// does, of text in any script. It looks at every character once. Where it would have to look twice it gives false.
func isSettled(s string) bool {
	if s == "" {
		return true
	}
	if isOuterSpace(s) {
		return false
	}
	i := textLen(s)
	return i+settledLen(s[i:]) == len(s)
}

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

// settledLen returns the length of the settled characters that s begins with.
func settledLen(s string) int {
	for i := 0; i < len(s); {
		n := 0
		switch rest := s[i:]; leads[s[i]] {
		case settledOne:
			if n = 1; len(rest) > 8 && !odd(load8(rest[1:])) {
				n = 9
			}
		case settledTwo:
			n = sized(2, len(rest) > 1 && follows(rest[1]))
		case settledThree:
			for len(rest) > 2 && follows(rest[1]) && follows(rest[2]) {
				n += 3
				if rest = rest[3:]; rest == "" || leads[rest[0]] != settledThree {
					break
				}
			}
		case unsure:
			n = unsureLen(rest)
		}
		if n == 0 {
			return i
		}
		i += n
	}
	return len(s)
}

// follows reports whether b is a continuation byte.
func follows(b byte) bool { return b&0xC0 == 0x80 }

const (
	unsettled    = iota // or none that text can begin with here
	settledOne          // a character of text
	settledTwo          // all of its characters are settled, and have two bytes
	settledThree        // and have three
	unsure              // it depends on the next bytes
)

// leads says what the first byte of a character tells about it.
var leads = func() (t [256]uint8) {
	fill := func(from, to int, kind uint8) {
		for b := from; b <= to; b++ {
			t[b] = kind
		}
	}
	for b := range utf8.RuneSelf {
		if isText(byte(b)) {
			t[b] = settledOne
		}
	}
	fill(0xC2, 0xF0, unsure)
	fill(0xC4, 0xCB, settledTwo) // U+0100 to U+02FF
	fill(0xCC, 0xCD, unsettled)  // combining marks
	t[0xD0], t[0xD1] = settledTwo, settledTwo
	fill(0xE4, 0xE9, settledThree) // ideographs
	fill(0xEB, 0xEC, settledThree) // Hangul
	fill(0xE0, 0xE1, unsettled)
	t[0xEE] = unsettled
	return t
}()

// unsureLen returns the length of the first character of s, or 0 when it may not be settled.
func unsureLen(s string) int {
	if len(s) < 2 || !follows(s[1]) {
		return 0
	}
	a := s[1]
	switch c := s[0]; {
	case c == 0xC2:
		return sized(2, a >= 0xA0) // the others are controls
	case c == 0xC3:
		return sized(2, !beginsStrong(a) || !decodesStrong(s))
	case c < 0xE0:
		return sized(2, isInert(s))
	case len(s) < 3 || !follows(s[2]):
		return 0
	case c == 0xE2:
		return sized(3, isInert(s) && !isMarkup(a, s[2]))
	case c == 0xF0:
		return sized(4, isInert(s) && len(s) > 3 && follows(s[3]) && (a != 0x9F || s[2] != 0xBF || s[3] < 0xBE))
	}
	return sized(3, isInert(s))
}

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
