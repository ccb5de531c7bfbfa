package clean

import (
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A reading is a text with the UTF-8 that its characters are the bytes of.
type reading struct {
	page      *codePage
	runes     []rune
	bytes     []int
	sequences []sequence
	strays    int // characters above ASCII that are in no sequence, U+FFFD aside
	evident   int // sequences that speak for mojibake
}

// A sequence is the characters [start, end) of a reading that are the bytes of one character.
type sequence struct {
	start, end int
	means      rune
	spaced     bool // its last byte, a no-break space, became a space
	keepSpace  bool // and that space is one of the text too
	evident    bool // it cannot be meant as it stands
}

func newReading(runes []rune, bytes []int, p *codePage) *reading {
	w := &reading{page: p, runes: runes, bytes: bytes}
	for i := 0; i < len(runes); {
		q := w.at(i)
		if q.end == 0 {
			if runes[i] >= utf8.RuneSelf && runes[i] != utf8.RuneError {
				w.strays++
			}
			i++
			continue
		}
		w.sequences = append(w.sequences, q)
		i = q.end
	}
	w.judge()
	return w
}

// text returns the text with the sequences replaced for which replace says so.
func (w *reading) text(replace func(*sequence) bool) string {
	out := make([]rune, 0, len(w.runes))
	done := 0
	for i := range w.sequences {
		q := &w.sequences[i]
		if !replace(q) {
			continue
		}
		out = append(append(out, w.runes[done:q.start]...), q.means)
		if q.keepSpace {
			out = append(out, ' ')
		}
		done = q.end
	}
	return string(append(out, w.runes[done:]...))
}

// at returns the sequence that begins at i; its end is 0 when there is none.
func (w *reading) at(i int) sequence {
	size := sequenceSize(w.bytes[i])
	if size == 0 || i+1 >= len(w.bytes) {
		return sequence{}
	}
	if size == 2 && w.bytes[i+1] == ' ' && strippedLeads[w.bytes[i]] && unicode.IsLetter(w.runes[i]) {
		return w.spacedAt(i)
	}
	if i+size > len(w.bytes) {
		return sequence{}
	}
	q := sequence{start: i, end: i + size, means: utf8.RuneError}
	var seq [utf8.UTFMax]byte
	gone := false
	for k, b := range w.bytes[i : i+size] {
		switch {
		case b == ' ' && w.isSpaced(i, k):
			seq[k], q.spaced = 0xA0, true
		case k > 0 && (b == lost && w.runes[i+k] == utf8.RuneError || b == '?' && k > 1 && k == size-1):
			gone = true
		case k > 0 && (b < 0x80 || b > 0xBF):
			return sequence{}
		default:
			seq[k] = byte(b)
		}
	}
	if gone {
		return q
	}
	if seq[0] == 0xED && seq[1] >= 0xA0 {
		return w.surrogatesAt(i)
	}
	r, n := utf8.DecodeRune(seq[:size])
	if n != size || isControl(r) && !w.page.latin {
		return sequence{}
	}
	q.means = r
	return q
}

// isSpaced reports whether the space at i+k can be a no-break space that is the second or third byte of the three that
// begin at i, the other being no space: so it is in braille, signs and scripts of Asia.
func (w *reading) isSpaced(i, k int) bool {
	lead := w.bytes[i]
	return (lead == 0xE2 || lead == 0xE3) && k == 1 || 0xE0 <= lead && lead <= 0xE3 && k == 2 && w.bytes[i+1] != ' '
}

// sequenceSize is the length of the UTF-8 that begins with b, 0 when none does.
func sequenceSize(b int) int {
	switch {
	case 0xC2 <= b && b <= 0xDF:
		return 2
	case 0xE0 <= b && b <= 0xEF:
		return 3
	case 0xF0 <= b && b <= 0xF4:
		return 4
	}
	return 0
}

// strippedLeads are the bytes whose no-break space is common and is found as a space: of Â for the no-break space
// itself, of Ã for à, and of letters of Latin, Greek, Cyrillic and Arabic words.
var strippedLeads = map[int]bool{0xC2: true, 0xC3: true, 0xC5: true, 0xCE: true, 0xD0: true, 0xD9: true}

// spacedAt reads a first byte and a space. Of an à that ends a word, the space that follows went into one with its
// second byte; the Portuguese às and àquele go on after it.
func (w *reading) spacedAt(i int) sequence {
	q := sequence{start: i, end: i + 2, spaced: true, means: rune(w.bytes[i]&0x1F)<<6 | 0x20}
	rest := string(w.runes[i+2 : min(len(w.runes), i+8)])
	q.keepSpace = w.bytes[i] == 0xC3 && !hasAnyPrefix(rest, " ", "s ", "quele", "quela", "quilo")
	return q
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if len(s) >= len(p) && s[:len(p)] == p {
			return true
		}
	}
	return false
}

// surrogatesAt reads a character that was written as two surrogates of three bytes each.
func (w *reading) surrogatesAt(i int) sequence {
	const size = 6
	if i+size > len(w.bytes) {
		return sequence{}
	}
	var half [2]rune
	for k := range half {
		b := w.bytes[i+3*k : i+3*k+3]
		if b[0] != 0xED || b[1] < 0xA0 || b[1] > 0xBF || b[2] < 0x80 || b[2] > 0xBF {
			return sequence{}
		}
		half[k] = 0xD000 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F)
	}
	r := utf16.DecodeRune(half[0], half[1])
	if r == utf8.RuneError {
		return sequence{}
	}
	return sequence{start: i, end: i + size, means: r}
}
