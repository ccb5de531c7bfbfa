package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// emailAround returns the bounds of the e-mail address whose @ is at offset at, or 0, 0. It does not begin before from.
func emailAround(s string, from, at int) (start, end int) {
	start = at
	for start > from {
		r, n := utf8.DecodeLastRuneInString(s[from:start])
		if !isMailbox(r) {
			break
		}
		start -= n
	}
	start = at - len(strings.TrimLeft(s[start:at], "._%+-"))
	if start == at || s[at-1] == '.' {
		return 0, 0
	}
	end = at + 1
	for end < len(s) && isHost(s[end]) {
		end++
	}
	for end > at+1 { // with one label less each time
		host := s[at+1 : end]
		dot := strings.LastIndexByte(host, '.')
		if dot > 0 && isTop(host[dot+1:]) && host[0] != '.' && host[0] != '-' && beginsApart(s[end:]) {
			return start, end
		}
		end = at + 1 + max(0, dot)
	}
	return 0, 0
}

// isMailbox reports characters of the part before the @: those in use, and letters with accents.
func isMailbox(r rune) bool {
	if r < utf8.RuneSelf {
		return isAlnum(byte(r)) || strings.ContainsRune("._%+-", r)
	}
	return unicode.Is(unicode.Latin, r)
}

func isHost(b byte) bool { return isAlnum(b) || b == '.' || b == '-' }

// isTop reports whether label can be the last of a host name, letter case aside.
func isTop(label string) bool {
	if len(label) > 4 && strings.EqualFold(label[:4], "xn--") {
		return true
	}
	for i := range len(label) {
		if !isAlnum(label[i]) || label[i] <= '9' {
			return false
		}
	}
	return len(label) >= 2
}

func isAlnum(b byte) bool {
	return b-'0' < 10 || b|0x20-'a' < 26
}
