package score

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// containsWords reports whether part stands in s with no word of s cut: "4" is not in "42". Nothing is in no text.
func containsWords(s, part string) bool {
	if part == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(part)
	last, _ := utf8.DecodeLastRuneInString(part)
	for at := 0; ; {
		i := strings.Index(s[at:], part)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(part)
		before, _ := utf8.DecodeLastRuneInString(s[:start])
		after, _ := utf8.DecodeRuneInString(s[end:])
		if cut := inWord(before) && inWord(first) || inWord(last) && inWord(after); !cut {
			return true
		}
		_, size := utf8.DecodeRuneInString(s[start:])
		at = start + size
	}
}

// unspaced are the scripts that put no space between words, so that a border of a word is not seen.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !unicode.In(r, unspaced...)
}

// f1 is the harmonic mean of the share of answer's words that are expected and the share of expected's that are there,
// each word as often as it stands in both. Where one has no words both must have none.
func f1(answer, expected []string) float64 {
	if len(answer) == 0 || len(expected) == 0 {
		return truth(len(answer) == len(expected))
	}
	left := make(map[string]int, len(expected))
	for _, w := range expected {
		left[w]++
	}
	common := 0
	for _, w := range answer {
		if left[w] > 0 {
			left[w]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(answer)+len(expected))
}
