package tokens

import (
	"strings"
	"unicode/utf8"
)

// noToken is the id of what no token stands for.
const noToken = -1

// A symbol is a token and how many bytes of a word it stands for.
type symbol struct {
	id   int32
	size int32
}

// bpe is a byte pair encoding: a word begins as its bytes or its characters, and the adjacent pair of the lowest rank is
// merged until no pair can be. It does not change once it is made.
type bpe struct {
	ids   map[string]int32 // of the tokens that merging can make, by the bytes they stand for
	pairs *pairTable

	bytewise bool // words begin as bytes; else as characters
	bytes    [256]int32
	whole    bool // a word that is a token is that token, whatever merging would make of it

	// Of those that begin as characters:
	byteFallback bool // a character that is no token becomes the tokens of its bytes
	unknown      int32
	fuseUnknown  bool
	seam         *seam
}

// A seam tells where a word can be taken apart before merging, because no token reaches across: a mark for a space, and
// the runes that some token has just before one.
type seam struct {
	mark   string
	before map[rune]bool
}

// whiteMark stands for a space in vocabularies that come from SentencePiece.
const whiteMark = "▁"

// newSeam returns the seam of a vocabulary. Only what merging makes matters: a word begins as single runes.
func newSeam(made []string) *seam {
	s := &seam{mark: whiteMark, before: map[rune]bool{}}
	for _, token := range made {
		for at := 0; ; {
			i := strings.Index(token[at:], whiteMark)
			if i < 0 {
				break
			}
			at += i
			if r, width := utf8.DecodeLastRuneInString(token[:at]); width > 0 {
				s.before[r] = true
			}
			at += len(whiteMark)
		}
	}
	return s
}

// next returns where the first part of word ends.
func (s *seam) next(word string) int {
	for at := 0; ; {
		i := strings.Index(word[at:], s.mark)
		if i < 0 {
			return len(word)
		}
		at += i
		if r, width := utf8.DecodeLastRuneInString(word[:at]); width > 0 && !s.before[r] {
			return at
		}
		at += len(s.mark)
	}
}

// split appends the tokens of word to dst.
func (m *bpe) split(dst []symbol, word string, w *workspace) []symbol {
	if m.whole {
		if id, ok := m.ids[word]; ok {
			return append(dst, symbol{id, int32(len(word))})
		}
	}
	if m.seam == nil {
		return m.part(dst, word, w)
	}
	for len(word) > 0 {
		n := m.seam.next(word)
		dst = m.part(dst, word[:n], w)
		word = word[n:]
	}
	return dst
}

// part is split for what merging does not go beyond.
func (m *bpe) part(dst []symbol, word string, w *workspace) []symbol {
	if len(word) > maxCached {
		return m.merged(dst, word, w)
	}
	slot := w.slot(word)
	if slot.word != word {
		slot.word = strings.Clone(word)
		slot.symbols = m.merged(slot.symbols[:0], word, w)
	}
	return append(dst, slot.symbols...)
}

func (m *bpe) merged(dst []symbol, word string, w *workspace) []symbol {
	from := len(dst)
	if m.bytewise {
		dst = m.byBytes(dst, word)
	} else {
		dst = m.byRunes(dst, word)
	}
	if len(dst)-from > maxScanned {
		return w.heap.merge(m.pairs, dst, from)
	}
	return m.scan(dst, from, w)
}

func (m *bpe) byBytes(dst []symbol, word string) []symbol {
	lost := int32(0)
	for i := range len(word) {
		id := m.bytes[word[i]]
		if id == noToken && m.unknown == noToken {
			lost++ // there is nothing to stand for it
			continue
		} else if id == noToken {
			id = m.unknown
		}
		dst = append(dst, symbol{id, 1 + lost})
		lost = 0
	}
	return credit(dst, lost)
}

// credit gives bytes that no token stands for to the one before them.
func credit(dst []symbol, lost int32) []symbol {
	if n := len(dst); n > 0 {
		dst[n-1].size += lost
	}
	return dst
}

func (m *bpe) byRunes(dst []symbol, word string) []symbol {
	lost, unknown := int32(0), false // whether the last symbol is an unknown one
	for i := 0; i < len(word); {
		_, width := utf8.DecodeRuneInString(word[i:])
		char := word[i : i+width]
		i += width
		if id, ok := m.ids[char]; ok {
			dst, unknown = append(dst, symbol{id, int32(width) + lost}), false
		} else if bytes, ok := m.fallback(dst, char, lost); ok {
			dst, unknown = bytes, false
		} else if m.unknown == noToken {
			lost += int32(width)
			continue
		} else if m.fuseUnknown && unknown {
			dst[len(dst)-1].size += int32(width)
		} else {
			dst, unknown = append(dst, symbol{m.unknown, int32(width) + lost}), true
		}
		lost = 0
	}
	return credit(dst, lost)
}

// fallback appends the tokens of the bytes of a character, if all of them are there.
func (m *bpe) fallback(dst []symbol, char string, lost int32) ([]symbol, bool) {
	if !m.byteFallback {
		return dst, false
	}
	from := len(dst)
	for i := range len(char) {
		id := m.bytes[char[i]]
		if id == noToken {
			return dst[:from], false
		}
		dst = append(dst, symbol{id, 1 + lost})
		lost = 0
	}
	return dst, true
}

// maxScanned is up to how many symbols looking at every pair is faster than a heap of them.
const maxScanned = 48

// scan merges the symbols from index from on by looking for the lowest rank again and again.
func (m *bpe) scan(dst []symbol, from int, w *workspace) []symbol {
	word := dst[from:]
	if len(word) < 2 {
		return dst
	}
	ranks := w.ranks[:len(word)-1]
	for i := range ranks {
		ranks[i] = m.pairs.get(word[i].id, word[i+1].id)
	}
	for {
		best := 0
		for i, r := range ranks {
			if r.rank < ranks[best].rank {
				best = i
			}
		}
		if len(ranks) == 0 || ranks[best].rank == noRank {
			return dst[:from+len(word)]
		}
		word[best] = symbol{ranks[best].id, word[best].size + word[best+1].size}
		word = append(word[:best+1], word[best+2:]...)
		ranks = append(ranks[:best], ranks[best+1:]...)
		if best > 0 {
			ranks[best-1] = m.pairs.get(word[best-1].id, word[best].id)
		}
		if best < len(ranks) {
			ranks[best] = m.pairs.get(word[best].id, word[best+1].id)
		}
	}
}
