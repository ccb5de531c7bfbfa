package tokens

import (
	"encoding/json"
	"unicode"
)

// gpt2Pattern is that of GPT-2, which the type ByteLevel brings with it.
const gpt2Pattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

// parseSplitters returns the splitters, and whether words go on as bytes.
func parseSplitters(raw json.RawMessage) (list []splitter, bytewise bool, err error) {
	parts, err := flatten(raw, 0)
	if err != nil {
		return nil, false, err
	}
	for _, raw := range parts {
		kind, err := typeOf("pre_tokenizer", raw)
		if err != nil {
			return nil, false, err
		}
		if bytewise {
			return nil, false, unsupported("pre_tokenizer of type %q after ByteLevel", kind)
		}
		bytewise = kind == "ByteLevel"
		some, err := parseSplitter(kind, raw)
		if err != nil {
			return nil, false, jsonError("pre_tokenizer "+kind, err)
		}
		list = append(list, some...)
	}
	return list, bytewise, nil
}

// flatten returns the members of a sequence, and of the sequences in it.
func flatten(raw json.RawMessage, depth int) (parts []json.RawMessage, err error) {
	kind, err := typeOf("pre_tokenizer", raw)
	if err != nil || kind == "" {
		return nil, err
	}
	if kind != "Sequence" {
		return []json.RawMessage{raw}, nil
	}
	if depth == maxNesting {
		return nil, unsupported("sequences of pre_tokenizers in each other")
	}
	var s struct {
		component
		List []json.RawMessage `json:"pretokenizers"`
	}
	if err := strict(raw, &s); err != nil {
		return nil, jsonError("pre_tokenizer Sequence", err)
	}
	for _, one := range s.List {
		some, err := flatten(one, depth+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, some...)
	}
	return parts, nil
}

func parseSplitter(kind string, raw json.RawMessage) ([]splitter, error) {
	switch kind {
	case "ByteLevel":
		return parseByteLevel(raw)
	case "Split":
		return parseSplit(raw)
	case "Metaspace":
		return parseMetaspace(raw)
	case "Digits":
		var s struct {
			component
			Individual bool `json:"individual_digits"`
		}
		err := strict(raw, &s)
		return []splitter{matchSplitter{matcher: classMatcher{numeric, !s.Individual}, behaviour: isolated}}, err
	case "WhitespaceSplit":
		return []splitter{matchSplitter{matcher: classMatcher{unicode.IsSpace, false}, behaviour: removed}}, nil
	}
	return nil, unsupported("pre_tokenizer of type %q", kind)
}

func parseByteLevel(raw json.RawMessage) (list []splitter, err error) {
	s := struct {
		component
		PrefixSpace bool  `json:"add_prefix_space"`
		TrimOffsets bool  `json:"trim_offsets"` // of offsets that are not asked for
		UseRegex    *bool `json:"use_regex"`
	}{}
	if err := strict(raw, &s); err != nil {
		return nil, err
	}
	if s.PrefixSpace {
		list = append(list, spacePrefixer{})
	}
	if s.UseRegex == nil || *s.UseRegex {
		p, err := parsePattern(gpt2Pattern, oniguruma)
		if err != nil {
			return nil, err
		}
		list = append(list, matchSplitter{matcher: p, behaviour: isolated})
	}
	return list, nil
}

func parseSplit(raw json.RawMessage) ([]splitter, error) {
	var s struct {
		component
		Pattern   jsonPattern `json:"pattern"`
		Behaviour behaviour   `json:"behavior"`
		Invert    bool        `json:"invert"`
	}
	if err := strict(raw, &s); err != nil {
		return nil, err
	}
	m, err := s.Pattern.matcher()
	if err != nil {
		return nil, err
	}
	switch s.Behaviour {
	case isolated, removed, toPrevious, toNext, contiguous:
		return []splitter{matchSplitter{m, s.Behaviour, s.Invert}}, nil
	}
	return nil, unsupported("Split of behavior %q", s.Behaviour)
}

func parseMetaspace(raw json.RawMessage) ([]splitter, error) {
	var s struct {
		component
		Replacement string       `json:"replacement"`
		Scheme      prefixScheme `json:"prepend_scheme"`
		AddPrefix   *bool        `json:"add_prefix_space"` // of older files
		StrRep      string       `json:"str_rep"`          // of older files
		Split       *bool        `json:"split"`
	}
	if err := strict(raw, &s); err != nil {
		return nil, err
	}
	m := metaspace{mark: s.Replacement, prefix: s.Scheme, apart: s.Split == nil || *s.Split}
	if m.prefix == "" {
		m.prefix = prefixAlways
	}
	if s.AddPrefix != nil && !*s.AddPrefix {
		if s.Scheme != "" && s.Scheme != prefixNever {
			return nil, corrupt("add_prefix_space is false and prepend_scheme is %q", s.Scheme)
		}
		m.prefix = prefixNever
	}
	switch {
	case m.mark == "":
		return nil, corrupt("replacement is empty")
	case m.prefix != prefixAlways && m.prefix != prefixFirst && m.prefix != prefixNever:
		return nil, unsupported("prepend_scheme %q", m.prefix)
	}
	return []splitter{m}, nil
}
