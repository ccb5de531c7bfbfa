package dedupe

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// appendWords appends the words of s to dst, each followed by a space, and the offsets at which they end, that space
// included.
//
// Words are what is left when case, accents and punctuation are taken away: digits, and letters in lower case without
// marks; everything else is a gap. Characters of scripts that are written without gaps are a word each.
//
// Note: cleaners of corpora make all numbers one. Among prompts that is wrong: every question of GSM8K would be near the
// same question about other numbers, which has another answer. With numbers as words, one in seven still is at 0.7.
func appendWords(dst []byte, ends []int, s string) ([]byte, []int) {
	w := words{text: dst, ends: ends}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			w.add(rune(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		parts := norm.NFD.PropertiesString(s[i:]).Decomposition()
		if parts == nil {
			w.add(r)
		}
		for len(parts) > 0 {
			r, n := utf8.DecodeRune(parts)
			w.add(r)
			parts = parts[n:]
		}
		i += size
	}
	w.gap()
	return w.text, w.ends
}

type words struct {
	text   []byte
	ends   []int
	inWord bool
}

func (w *words) add(r rune) {
	switch {
	case unicode.In(r, unicode.Mn):
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
		if isWordAlone(r) {
			w.gap()
		}
		w.text = utf8.AppendRune(w.text, unicode.ToLower(r))
		w.inWord = true
		if isWordAlone(r) {
			w.gap()
		}
	default:
		w.gap()
	}
}

func (w *words) gap() {
	if w.inWord {
		w.text = append(w.text, ' ')
		w.ends = append(w.ends, len(w.text))
	}
	w.inWord = false
}

// isWordAlone reports letters of scripts without gaps between words.
func isWordAlone(r rune) bool {
	return r >= 0xE00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
