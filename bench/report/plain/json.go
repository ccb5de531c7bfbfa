package plain

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes the runes of a JSON text that do not show, such as direction overrides, as \u escapes.
// They occur in strings only, where the escape means the same.
func JSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, unprintable) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case !unprintable(r):
			b.Write(text[:n])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[n:]
	}
	return []byte(b.String())
}

func unprintable(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }
