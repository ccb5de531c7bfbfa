package tokens

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// byteTokenName is that of a byte in vocabularies of characters.
func byteTokenName(c byte) string { return fmt.Sprintf("<0x%02X>", c) }

func byteToken(token string) (byte, bool) {
	digits, ok := strings.CutPrefix(token, "<0x")
	if !ok || len(digits) != 3 || digits[2] != '>' {
		return 0, false
	}
	n, err := strconv.ParseUint(digits[:2], 16, 8)
	return byte(n), err == nil
}

// byteRunes are the characters that stand for bytes in vocabularies of bytes: those that can be seen for themselves, the
// others for those from U+0100 on.
var byteRunes = func() (runes [256]rune) {
	next := rune(0x100)
	for c := range runes {
		if '!' <= c && c <= '~' || 0xa1 <= c && c <= 0xac || 0xae <= c && c <= 0xff {
			runes[c] = rune(c)
			continue
		}
		runes[c] = next
		next++
	}
	return runes
}()

var runeBytes = func() map[rune]byte {
	m := make(map[rune]byte, len(byteRunes))
	for c, r := range byteRunes {
		m[r] = byte(c)
	}
	return m
}()

// fromByteLevel returns the bytes that a token is written for; ok is false for one with other characters.
func fromByteLevel(token string) (raw string, ok bool) {
	out := make([]byte, 0, utf8.RuneCountInString(token))
	for _, r := range token {
		c, ok := runeBytes[r]
		if !ok {
			return "", false
		}
		out = append(out, c)
	}
	return string(out), true
}
