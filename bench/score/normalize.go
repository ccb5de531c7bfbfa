package score

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalization says which differences between two texts do not count. How a character is composed never does (NFC).
type Normalization struct {
	Case        bool // of letters
	Punctuation bool // of Unicode (P*) and the ASCII symbols of Python's string.punctuation: taken out
	Whitespace  bool // runs of it are one space, none at the ends
	Articles    bool // the words a, an and the, as SQuAD takes them out; implies Whitespace
}

// DefaultNormalization is what a method normalises unless told otherwise: case and white space for exact and contains,
// everything for f1, as SQuAD does. The other methods look at the text as it is.
func DefaultNormalization(m Method) Normalization {
	return Normalization{Case: true, Whitespace: true, Punctuation: m == F1, Articles: m == F1}
}

// ParseNormalization reads a list such as "case,whitespace", or "none".
func ParseNormalization(list string) (Normalization, error) {
	var n Normalization
	if list == "none" {
		return n, nil
	}
	for word := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(word) {
		case "case":
			n.Case = true
		case "punctuation":
			n.Punctuation = true
		case "whitespace":
			n.Whitespace = true
		case "articles":
			n.Articles = true
		default:
			return n, fmt.Errorf("%q: expected case, punctuation, whitespace or articles, separated by commas, or none", word)
		}
	}
	return n, nil
}

// Apply returns s without the differences that do not count. Applying it again changes nothing.
func (n Normalization) Apply(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	if n.Case {
		s = norm.NFC.String(strings.ToLower(s))
	}
	if n.Punctuation {
		s = norm.NFC.String(strings.Map(dropPunctuation, s)) // what it stood between may compose now
	}
	if n.Articles {
		return withoutArticles(strings.Fields(s))
	}
	if n.Whitespace {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

func dropPunctuation(r rune) rune {
	if unicode.IsPunct(r) || r < unicode.MaxASCII && unicode.IsSymbol(r) {
		return -1
	}
	return r
}

func withoutArticles(words []string) string {
	kept := words[:0]
	for _, w := range words {
		switch strings.ToLower(w) {
		case "a", "an", "the":
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
