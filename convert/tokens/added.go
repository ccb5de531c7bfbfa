package tokens

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// An addedToken stands in a text for itself, whatever is around it.
type addedToken struct {
	content             string
	id                  int32
	word                bool // only where no letter or digit is next to it
	eatsLeft, eatsRight bool // takes the white space beside it
}

// A finder finds added tokens: the leftmost, and of those the longest.
type finder struct {
	nodes []finderNode
}

type finderNode struct {
	next  map[byte]int32
	token *addedToken
}

func newFinder(tokens []addedToken) *finder {
	f := &finder{nodes: []finderNode{{next: map[byte]int32{}}}}
	for i := range tokens {
		at := int32(0)
		for _, c := range []byte(tokens[i].content) {
			to, ok := f.nodes[at].next[c]
			if !ok {
				to = int32(len(f.nodes))
				f.nodes = append(f.nodes, finderNode{next: map[byte]int32{}})
				f.nodes[at].next[c] = to
			}
			at = to
		}
		if f.nodes[at].token == nil {
			f.nodes[at].token = &tokens[i]
		}
	}
	return f
}

// find returns the first token at or after i, and where it is; nil where there is none.
func (f *finder) find(s string, i int) (t *addedToken, start, end int) {
	root := f.nodes[0].next
	if len(root) == 0 {
		return nil, 0, 0
	}
	for ; i < len(s); i++ {
		if _, ok := root[s[i]]; !ok {
			continue
		}
		if t, end := f.at(s, i); t != nil {
			return t, i, end
		}
	}
	return nil, 0, 0
}

// at returns the longest token at i.
func (f *finder) at(s string, i int) (t *addedToken, end int) {
	at := int32(0)
	for ; i < len(s); i++ {
		next, ok := f.nodes[at].next[s[i]]
		if !ok {
			break
		}
		if at = next; f.nodes[at].token != nil {
			t, end = f.nodes[at].token, i+1
		}
	}
	return t, end
}

// split calls f for all of the piece: added tokens and what is between them, for which t is nil.
func (f *finder) split(p piece, each func(q piece, t *addedToken)) {
	last := 0
	for from := 0; ; {
		t, i, j := f.find(p.text, from)
		if t == nil {
			break
		}
		from = j
		if t.word && (endsInWord(p.text[:i]) || beginsWithWord(p.text[j:])) {
			continue
		}
		if t.eatsLeft {
			i = max(last, len(strings.TrimRightFunc(p.text[:i], unicode.IsSpace)))
		}
		if t.eatsRight {
			j = len(p.text) - len(strings.TrimLeftFunc(p.text[j:], unicode.IsSpace))
		}
		if i > last {
			each(p.cut(last, i), nil)
		}
		each(p.cut(max(i, last), max(j, last)), t)
		last = max(j, last)
	}
	if last < len(p.text) {
		each(p.cut(last, len(p.text)), nil)
	}
}

func inWord(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Join_Control, unicode.Other_Alphabetic)
}

func endsInWord(s string) bool {
	r, width := utf8.DecodeLastRuneInString(s)
	return width > 0 && inWord(r)
}

func beginsWithWord(s string) bool {
	r, width := utf8.DecodeRuneInString(s)
	return width > 0 && inWord(r)
}
