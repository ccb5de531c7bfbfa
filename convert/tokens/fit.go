package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	nearBorders = 8    // borders of tokens that are tried on either side of where the end should be
	nearTokens  = 2    // tokens within which any border of characters is tried after that
	guess       = 16   // bytes of a token at which looking for the end begins: a few times the usual
	leastGuess  = 4096 // bytes, for where there are few tokens
	noPlace     = -1   // of a border that is none
)

// Fit returns a beginning of body such that head, it and tail together have exactly n tokens. It ends at the end of a
// token of body where that can be, else within one: text that is cut is not always split as it was. It is not empty, has
// no white space at its end, and breaks no character. It is false when there is no such text near where the n-th token
// ends.
func (t *Tokenizer) Fit(head, body, tail string, n int) (string, bool) {
	room := n - t.Count(tail) // about: the tokens at both ends of the tail may be others in place
	if room <= 0 {
		return "", false
	}
	for size := len(head) + max(leastGuess, guess*room); ; size *= 2 {
		part := body
		if rest := max(size-len(head), 0); rest < len(body) {
			part = strings.ToValidUTF8(body[:rest], "")
		}
		f := fit{Tokenizer: t, head: head, body: part, tail: tail, want: n}
		f.borders = f.ends()
		if len(part) < len(body) && len(f.borders) < room+2*nearBorders {
			continue
		}
		return f.search(room)
	}
}

// A fit is one search.
type fit struct {
	*Tokenizer

	head, body, tail string
	want             int
	borders          []int // where tokens end, as bytes of body; those in head are not positive
}

func (f *fit) ends() []int {
	tokens := f.Tokens(f.head + f.body)
	ends := make([]int, len(tokens))
	for i, token := range tokens {
		ends[i] = token.End - len(f.head)
	}
	return ends
}

// search begins at the end of token number room and goes away from it.
func (f *fit) search(room int) (string, bool) {
	if len(f.borders) < room-nearBorders {
		return "", false
	}
	for away := range nearBorders + 1 {
		for _, i := range [2]int{room - away, room + away} {
			if s, ok := f.try(f.border(i)); ok {
				return s, true
			}
		}
	}
	for at := f.border(min(room+nearTokens, len(f.borders))); at > max(f.border(room-nearTokens), 0); at-- {
		if s, ok := f.try(at); ok {
			return s, true
		}
	}
	return "", false
}

// border returns where token number i ends, counted from 1.
func (f *fit) border(i int) int {
	if i < 1 || i > len(f.borders) {
		return noPlace
	}
	return f.borders[i-1]
}

func (f *fit) try(at int) (string, bool) {
	if at <= 0 || at < len(f.body) && !utf8.RuneStart(f.body[at]) {
		return "", false
	}
	s := f.body[:at]
	if last, _ := utf8.DecodeLastRuneInString(s); unicode.IsSpace(last) {
		return "", false
	}
	return s, f.Count(f.head+s+f.tail) == f.want
}
