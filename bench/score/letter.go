package score

import (
	"errors"
	"regexp"
	"strings"
)

// Letter returns the letter, A to J, that s chooses among given answers: the last "answer is (B)" or "Answer: B"; else
// that in the last \boxed{}; else s if it is no more than a letter, with a mark about it or the chosen text behind it
// ("B", "(b)", "B. Paris"); else the last letter in parentheses; else the last capital that stands alone, but not the
// words A and I.
func Letter(s string) (byte, bool) {
	if boxed, ok := lastBoxed(s); ok {
		if l, ok := lastMatch(boxedLetter, boxed); ok {
			return l, true
		}
	}
	for _, re := range []*regexp.Regexp{stated, alone, inParens, capital} {
		if l, ok := lastMatch(re, s); ok {
			return l, true
		}
	}
	return 0, false
}

var (
	boxedLetter = regexp.MustCompile(`^(?:\\text\w*\{)?\s*\(?([A-Ja-j])\)?[\s.:}]*$`)
	// A small letter is taken only where it cannot be the word a.
	stated   = regexp.MustCompile(`(?i:\b(?:answer|option|choice)\b(?:\s+(?:is|should\s+be|must\s+be|would\s+be)\b)?)\s*:?\s*(?i:(?:option|choice)\s+)?[*_"'\x60]*(?:\(([A-Ja-j])\)|([A-J])(?:[^\w'\x{2019}]|$)|([b-j])(?:[^\w'\x{2019}]|$))`)
	alone    = regexp.MustCompile(`^\s*[*_"'\x60]*(?:\(?([A-Ja-j])[).:,]?[*_"'\x60]*\s*$|\(([A-Ja-j])\)|([A-J])[).:](?:[*_"'\x60]*\s|$))`)
	inParens = regexp.MustCompile(`\(([A-J])\)`)
	capital  = regexp.MustCompile(`(?:^|[^\w'\x{2019}])([B-HJ])(?:[^\w'\x{2019}]|$)`)
)

// lastMatch returns the letter of the last match of re, a capital.
func lastMatch(re *regexp.Regexp, s string) (byte, bool) {
	all := re.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return 0, false
	}
	for _, group := range all[len(all)-1][1:] {
		if group != "" {
			return strings.ToUpper(group)[0], true
		}
	}
	return 0, false
}

func sameLetter(answer, expected string) float64 {
	want, ok1 := Letter(expected)
	got, ok2 := Letter(answer)
	return truth(ok1 && ok2 && want == got)
}

func checkLetter(expected string) error {
	if _, ok := Letter(expected); !ok {
		return errors.New("no letter from A to J in it")
	}
	return nil
}
