package openai

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends the text that s, the inside of a valid JSON string, stands for. As in encoding/json half a
// surrogate pair becomes U+FFFD.
func appendUnescaped(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			dst = append(dst, s[i])
			i++
			continue
		}
		c := s[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, size := unescapeRune(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// unescapeRune reads what follows a \u: four digits, and for a surrogate the escape of the other half.
func unescapeRune(s []byte) (r rune, size int) {
	r, _ = hex4(s)
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		low, _ := hex4(s[6:])
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, 10
		}
	}
	return utf8.RuneError, 4
}
