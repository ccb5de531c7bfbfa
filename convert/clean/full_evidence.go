package clean

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// convincing reports whether something in the text cannot be meant as it stands.
func (w *reading) convincing() bool { return w.evident > 0 }

// convincingInPart reports whether pieces of a text that is not mojibake as a whole cannot be meant as they stand. A single
// Ã¥ is not enough: it is the å of one encoding and an accent of another.
func (w *reading) convincingInPart() bool {
	return w.evident > 1 || w.evident == 1 && !slices.ContainsFunc(w.sequences, func(q sequence) bool { return q.evident && q.means == 'å' })
}

// isPiece reports whether q is mojibake in a text that is not mojibake as a whole. Where other pieces are, a space that
// may have been a no-break space was one, and a C1 control is a byte.
func (w *reading) isPiece(q *sequence) bool {
	return q.evident || q.spaced && w.evident > 1 ||
		w.evident >= crowd && slices.ContainsFunc(w.runes[q.start:q.end], unicode.IsControl)
}

// crowd is how many sequences in a row are no accident: what people write does not go on being valid UTF-8.
const crowd = 3

// judge marks the sequences that speak for mojibake.
func (w *reading) judge() {
	for i := 0; i < len(w.sequences); {
		end := i + 1
		for end < len(w.sequences) && w.sequences[end].start == w.sequences[end-1].end {
			end++
		}
		row := w.sequences[i:end]
		if len(row) >= crowd && !w.isDrawing(i, end) || slices.ContainsFunc(row, w.isEvident) {
			for k := range row {
				row[k].evident = len(row) >= 2*crowd || !w.isGarbled(row[k])
			}
			w.evident += len(row)
		}
		i = end
	}
}

// isDrawing reports whether the sequences [i, end) are made of nothing but line art.
func (w *reading) isDrawing(i, end int) bool {
	for _, r := range w.runes[w.sequences[i].start:w.sequences[end-1].end] {
		if !isBox(r) {
			return false
		}
	}
	return true
}

// isGarbled reports sequences that are found in text that went through a change of letter case: Ã became ã. Japanese,
// which has them too, comes in larger crowds.
func (w *reading) isGarbled(q sequence) bool { return w.page.latin && w.runes[q.start] == 'ã' }

func isBox(r rune) bool { return 0x2500 <= r && r <= 0x25FF }

// isEvident reports whether q, between the characters it stands between, is something that nobody writes.
func (w *reading) isEvident(q sequence) bool {
	chars := w.runes[q.start:q.end]
	before, after := w.neighbour(q.start-1), w.neighbour(q.end)
	switch {
	case w.page.drawing && isBox(chars[0]):
		return isOddInDrawing(before, chars[1], after)
	case isRareLatin(q.means):
		return false
	case q.spaced:
		return unicode.IsLower(before) && unicode.IsUpper(chars[0]) && q.means == 'à'
	case w.page.latin && isAccent(q.means):
		return !unicode.IsLetter(w.read(chars[1])) && !isCloser(w.read(chars[1]))
	case w.isGarbled(q):
		return false
	case len(chars) > 2:
		return w.isOddGroup(chars)
	}
	return w.isOddPair(before, chars[0], w.read(chars[1]), after)
}

// isRareLatin reports letters of phonetics and of few languages: É and the signs that follow a word read as these.
func isRareLatin(r rune) bool {
	romanian, vietnamese := 0x218 <= r && r <= 0x21B, r == 0x1A0 || r == 0x1A1 || r == 0x1AF || r == 0x1B0
	return 0x180 <= r && r <= 0x2FF && !romanian && !vietnamese || 0x500 <= r && r <= 0x52F
}

func (w *reading) neighbour(i int) rune {
	if i < 0 || i >= len(w.runes) {
		return ' '
	}
	return w.runes[i]
}

// read is the character that a C1 control is read as.
func (w *reading) read(r rune) rune {
	if w.page.latin {
		return meant(r)
	}
	return r
}

// isOddPair judges the two characters of a sequence, where they are no C1 controls that stay such.
func (w *reading) isOddPair(before, lead, follow, after rune) bool {
	midWord := unicode.IsLower(after) || unicode.IsLetter(after) && w.strays == 0
	switch {
	case unicode.IsControl(follow):
		return true
	case !unicode.IsLetter(lead):
		return unicode.IsLetter(before) && strings.ContainsRune("√≈ƒ∆", lead) && !strings.ContainsRune("π°", follow)
	case w.page.latin && (lead == 'Ã' || lead == 'Â') && !strings.ContainsRune("’”…–—™\u00a0", follow):
		return true
	case w.page.latin && lead == 'Ã' && follow != '’' && follow != '…' && strings.ContainsRune("AEIOUaeiou", before):
		return true
	case lead == 'Ã' && follow == '\u00a0':
		return true
	case unicode.IsLower(before) && unicode.IsUpper(lead):
		return follow != '’' && follow != '…'
	case unicode.IsLower(lead) && unicode.IsUpper(follow):
		return true
	case unicode.IsUpper(lead) && unicode.IsLower(follow):
		return unicode.IsUpper(after)
	case unicode.IsLetter(follow):
		return false
	}
	return midWord && !strings.ContainsRune("’–—\u00a0", follow)
}

// isAccent reports the combining marks that go with Latin, Greek and Cyrillic letters.
func isAccent(r rune) bool { return 0x300 <= r && r <= 0x36F }

// isCloser reports characters that may follow a word.
func isCloser(r rune) bool {
	return strings.ContainsRune("…’”“´¨™®©–—»\u00a0 ?!", r)
}

// isOddGroup judges the three characters or more of a sequence: marks that may close a sentence, and letters in the case
// of the one before, can be meant.
func (w *reading) isOddGroup(chars []rune) bool {
	for i, r := range chars[1:] {
		prev, r := w.read(chars[i]), w.read(r)
		switch {
		case isCloser(r), r == utf8.RuneError:
		case unicode.IsLower(prev) && unicode.IsLower(r), unicode.IsUpper(prev) && unicode.IsLetter(r):
		default:
			return true
		}
		if unicode.Is(unicode.Greek, prev) && unicode.Is(unicode.Latin, r) {
			return true
		}
	}
	return false
}

// isOddInDrawing judges what follows a character of line art, which in a word is none.
func isOddInDrawing(before, follow, after rune) bool {
	if unicode.IsLetter(follow) {
		return unicode.IsLetter(before) || unicode.IsLetter(after)
	}
	return !isBox(follow) && unicode.IsLetter(before) && unicode.IsLetter(after)
}
