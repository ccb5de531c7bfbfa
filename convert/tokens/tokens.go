// Package tokens counts the tokens of a text as a model does, by the tokenizer that is published with the model:
// the tokenizer.json of Hugging Face, of the kind BPE, and the encodings of tiktoken.
//
// The ids are those that the Python packages give for text that is valid UTF-8, without the tokens that a model's
// template adds (tokenizers with add_special_tokens=False, tiktoken's encode_ordinary). Whatever a file asks for that is
// not known here is an error of [Open]: a count is right or there is none.
package tokens

import (
	"sync"
)

// A Tokenizer turns text into tokens. It can be used by several goroutines at once.
type Tokenizer struct {
	name   string
	sha256 string

	raw       *finder // added tokens that are looked for in text as it is
	rewritten *finder // and in text that is normalized
	normalizers
	splitters []splitter
	model     *bpe
	texts     []string // what each token stands for, by id

	workspaces sync.Pool
}

// A Token is a token of a text, which the tokens of it cover from its begin to its end: Start of one is End of the one
// before. Where a tokenizer makes several tokens of one character, those borders are not all between characters.
type Token struct {
	ID         int
	Start, End int // bytes of the text
}

// Name is what the tokenizer was opened by.
func (t *Tokenizer) Name() string { return t.name }

// SHA256 is that of the file that it was read from, in hex.
func (t *Tokenizer) SHA256() string { return t.sha256 }

// Text returns what a token stands for: its bytes, which need not be valid UTF-8, with a space where vocabularies have
// a mark for one. It is "" for an id that is none.
func (t *Tokenizer) Text(id int) string {
	if id < 0 || id >= len(t.texts) {
		return ""
	}
	return t.texts[id]
}

// Count returns how many tokens s has.
func (t *Tokenizer) Count(s string) int {
	n := 0
	t.encode(s, false, func(_ *piece, symbols []symbol) { n += len(symbols) })
	return n
}

// IDs returns the ids of the tokens of s.
func (t *Tokenizer) IDs(s string) []int {
	ids := make([]int, 0, len(s)/4+1)
	t.encode(s, false, func(_ *piece, symbols []symbol) {
		for _, y := range symbols {
			ids = append(ids, int(y.id))
		}
	})
	return ids
}

// Tokens returns the tokens of s and where they are.
func (t *Tokenizer) Tokens(s string) []Token {
	tokens := make([]Token, 0, len(s)/4+1)
	end := 0
	t.encode(s, true, func(p *piece, symbols []symbol) {
		at := 0
		for _, y := range symbols {
			at += int(y.size)
			start := end
			end = max(start, p.source(at))
			tokens = append(tokens, Token{int(y.id), start, end})
		}
	})
	if n := len(tokens); n > 0 {
		tokens[n-1].End = len(s)
	}
	return tokens
}

// encode calls emit for one word after the other. The symbols are valid during the call.
func (t *Tokenizer) encode(s string, track bool, emit func(*piece, []symbol)) {
	w, _ := t.workspaces.Get().(*workspace)
	if w == nil {
		w = newWorkspace()
	}
	defer t.workspaces.Put(w)
	word := func(p piece) {
		if p.text != "" {
			w.symbols = t.model.split(w.symbols[:0], p.text, w)
			emit(&p, w.symbols)
		}
	}
	added := func(p piece, a *addedToken) {
		w.symbols = append(w.symbols[:0], symbol{a.id, int32(len(p.text))})
		emit(&p, w.symbols)
	}
	t.raw.split(piece{text: s, first: true}, func(p piece, a *addedToken) {
		if a != nil {
			added(p, a)
			return
		}
		t.rewritten.split(t.normalize(p, track), func(p piece, a *addedToken) {
			if a != nil {
				added(p, a)
				return
			}
			splitAll(t.splitters, p, track, word)
		})
	})
}
