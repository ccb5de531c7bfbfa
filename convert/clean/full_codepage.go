package clean

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A codePage is an encoding of one byte per character that UTF-8 is taken for.
type codePage struct {
	bytes map[rune]byte // of the characters above 0x7F
	names [32]rune      // the characters of 0x80 to 0x9F
	// latin is set for Windows-1252 and Latin-1 in one: C1 controls stand for bytes, and repairs may give C1 controls,
	// which the next layer needs.
	latin   bool
	drawing bool // has the characters of line art
}

// lost is the byte of U+FFFD: one that nobody knows any more.
const lost = -1

// codePages returns the code pages in the order in which they are tried: the commonest mistake first.
var codePages = sync.OnceValue(func() []*codePage {
	list := []*codePage{newCodePage(charmap.Windows1252)}
	list[0].latin = true
	for r := rune(0x80); r <= 0xFF; r++ {
		list[0].bytes[r] = byte(r)
	}
	for _, m := range []*charmap.Charmap{charmap.Windows1251, charmap.Windows1250, charmap.Windows1253, charmap.Windows1254, charmap.Windows1257} {
		list = append(list, newCodePage(m))
	}
	list = append(list, newCodePage(charmap.ISO8859_2), newCodePage(charmap.Macintosh), newCodePage(charmap.CodePage437))
	list[len(list)-1].drawing = true
	return list
})

// newCodePage has the characters of m. Bytes without one are the control of the same number, as in browsers.
func newCodePage(m *charmap.Charmap) *codePage {
	p := &codePage{bytes: make(map[rune]byte)}
	for b := 0x80; b <= 0xFF; b++ {
		r := m.DecodeByte(byte(b))
		if r == utf8.RuneError {
			r = rune(b)
		}
		p.bytes[r] = byte(b)
		if b < 0xA0 {
			p.names[b-0x80] = r
		}
	}
	return p
}

// encode returns the byte of each character, or lost, and whether all have one.
func (p *codePage) encode(runes []rune) (out []int, all bool) {
	out = make([]int, len(runes))
	all = true
	for i, r := range runes {
		if r < utf8.RuneSelf {
			out[i] = int(r)
			continue
		}
		b, ok := p.bytes[r]
		out[i] = int(b)
		if !ok {
			out[i] = lost
			all = all && r == utf8.RuneError
		}
	}
	return out, all
}
