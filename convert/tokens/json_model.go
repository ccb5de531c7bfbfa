package tokens

import (
	"encoding/json"
	"strings"
)

// jsonModel is the model of a tokenizer.json, where it is of the type BPE.
type jsonModel struct {
	Type         string           `json:"type"`
	Dropout      *float64         `json:"dropout"`
	Unknown      *string          `json:"unk_token"`
	Prefix       *string          `json:"continuing_subword_prefix"`
	Suffix       *string          `json:"end_of_word_suffix"`
	FuseUnknown  bool             `json:"fuse_unk"`
	ByteFallback bool             `json:"byte_fallback"`
	IgnoreMerges bool             `json:"ignore_merges"`
	Vocab        map[string]int32 `json:"vocab"`
	Merges       jsonMerges       `json:"merges"`
}

// UnmarshalJSON reads the type first: that of a model which is not known is more telling than its fields.
func (m *jsonModel) UnmarshalJSON(raw []byte) error {
	kind, err := typeOf("model", raw)
	if err != nil {
		return err
	}
	if kind != "BPE" {
		return unsupported("model of type %q, where BPE was expected", kind)
	}
	type plain jsonModel
	return strict(raw, (*plain)(m))
}

// jsonMerges are pairs, or texts of two tokens with a space between them.
type jsonMerges [][2]string

// UnmarshalJSON takes both.
func (m *jsonMerges) UnmarshalJSON(raw []byte) error {
	var texts []string
	if json.Unmarshal(raw, &texts) != nil {
		return m.unmarshalPairs(raw)
	}
	*m = make(jsonMerges, len(texts))
	for i, text := range texts {
		left, right, ok := strings.Cut(text, " ")
		if !ok || left == "" || right == "" || strings.Contains(right, " ") {
			return corrupt("model: merge %d is %.100q: expected two tokens", i, text)
		}
		(*m)[i] = [2]string{left, right}
	}
	return nil
}

func (m *jsonMerges) unmarshalPairs(raw []byte) error {
	var pairs [][]string
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return err
	}
	*m = make(jsonMerges, len(pairs))
	for i, pair := range pairs {
		if len(pair) != 2 {
			return corrupt("model: merge %d has %d parts: expected two tokens", i, len(pair))
		}
		(*m)[i] = [2]string(pair)
	}
	return nil
}

// check refuses what would change the tokens in ways that are not known here.
func (m *jsonModel) check() error {
	switch {
	case m.Vocab == nil:
		return corrupt("model has no vocab")
	case m.Dropout != nil && *m.Dropout != 0:
		return unsupported("model with a dropout, which makes other tokens each time")
	case m.Prefix != nil && *m.Prefix != "":
		return unsupported("model with the continuing_subword_prefix %q", *m.Prefix)
	case m.Suffix != nil && *m.Suffix != "":
		return unsupported("model with the end_of_word_suffix %q", *m.Suffix)
	}
	return nil
}

// parse returns the model and the texts of its tokens.
func (m *jsonModel) parse(bytewise bool) (*bpe, []string, error) {
	if err := m.check(); err != nil {
		return nil, nil, err
	}
	b := &bpe{bytewise: bytewise, whole: m.IgnoreMerges, byteFallback: m.ByteFallback, unknown: noToken, fuseUnknown: m.FuseUnknown}
	if m.Unknown != nil {
		id, ok := m.Vocab[*m.Unknown]
		if !ok {
			return nil, nil, corrupt("model: unk_token %q is not in the vocab", *m.Unknown)
		}
		b.unknown = id
	}
	texts, err := m.texts(bytewise)
	if err != nil {
		return nil, nil, err
	}
	b.ids = m.ids(bytewise)
	b.bytes = m.byteTokens(bytewise)
	made, err := m.merge(b)
	if err != nil {
		return nil, nil, err
	}
	if _, marked := b.ids[whiteMark]; marked && !bytewise {
		b.seam = newSeam(made)
	}
	return b, texts, nil
}

// maxID bounds ids: they are an index.
func (m *jsonModel) maxID() int { return 4*len(m.Vocab) + 1<<20 }

func (m *jsonModel) texts(bytewise bool) ([]string, error) {
	top := int32(-1)
	for token, id := range m.Vocab {
		if id < 0 || int(id) > m.maxID() {
			return nil, corrupt("model: token %.100q has the id %d: expected 0 to %d", token, id, m.maxID())
		}
		top = max(top, id)
	}
	texts := make([]string, top+1)
	for token, id := range m.Vocab {
		texts[id] = textOf(token, bytewise)
	}
	return texts, nil
}

func textOf(token string, bytewise bool) string {
	if bytewise {
		if raw, ok := fromByteLevel(token); ok {
			return raw
		}
		return token
	}
	if c, ok := byteToken(token); ok {
		return string([]byte{c})
	}
	return strings.ReplaceAll(token, whiteMark, " ")
}

// ids returns the tokens by the bytes that they stand for; a token that no bytes become is left out.
func (m *jsonModel) ids(bytewise bool) map[string]int32 {
	if !bytewise {
		return m.Vocab
	}
	ids := make(map[string]int32, len(m.Vocab))
	for token, id := range m.Vocab {
		if raw, ok := fromByteLevel(token); ok {
			ids[raw] = id
		}
	}
	return ids
}

func (m *jsonModel) byteTokens(bytewise bool) (tokens [256]int32) {
	for c := range tokens {
		name := byteTokenName(byte(c))
		if bytewise {
			name = string(byteRunes[c])
		}
		id, ok := m.Vocab[name]
		if !ok {
			id = noToken
		}
		tokens[c] = id
	}
	return tokens
}

// merge fills the table of pairs and returns the tokens that merging makes.
func (m *jsonModel) merge(b *bpe) (made []string, err error) {
	b.pairs = newPairTable(len(m.Merges))
	made = make([]string, 0, len(m.Merges))
	for rank, pair := range m.Merges {
		left, okLeft := m.Vocab[pair[0]]
		right, okRight := m.Vocab[pair[1]]
		token := pair[0] + pair[1]
		id, ok := m.Vocab[token]
		if !okLeft || !okRight || !ok {
			return nil, corrupt("model: merge %d of %.100q and %.100q: not all of both and %.100q are in the vocab", rank, pair[0], pair[1], token)
		}
		b.pairs.set(left, right, merge{uint32(rank), id})
		made = append(made, token)
	}
	return made, nil
}
