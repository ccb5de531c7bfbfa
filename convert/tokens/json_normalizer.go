package tokens

import (
	"encoding/json"

	"golang.org/x/text/unicode/norm"
)

// jsonPattern is what is looked for: one of both.
type jsonPattern struct {
	String *string `json:"String"`
	Regex  *string `json:"Regex"`
}

func (p jsonPattern) matcher() (matcher, error) {
	switch {
	case p.String != nil && *p.String == "":
		return nil, unsupported("pattern that is empty")
	case p.String != nil:
		return literal(*p.String), nil
	case p.Regex != nil:
		m, err := parsePattern(*p.Regex, oniguruma)
		if err != nil {
			return nil, unsupported("%v", err)
		}
		return m, nil
	}
	return nil, corrupt("pattern is neither String nor Regex")
}

var forms = map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}

func parseNormalizers(raw json.RawMessage, depth int) (normalizers, error) {
	const part = "normalizer"
	kind, err := typeOf(part, raw)
	if err != nil || kind == "" {
		return nil, err
	}
	if form, ok := forms[kind]; ok {
		return normalizers{former{form}}, nil
	}
	if kind == "Sequence" {
		return parseNormalizerSequence(raw, depth)
	}
	var n normalizer
	switch kind {
	case "Replace":
		n, err = parseReplace(raw)
	case "Prepend":
		var s struct {
			component
			Prepend string `json:"prepend"`
		}
		err = strict(raw, &s)
		n = prepender(s.Prepend)
	case "Strip":
		var s struct {
			component
			Left  bool `json:"strip_left"`
			Right bool `json:"strip_right"`
		}
		err = strict(raw, &s)
		n = stripper{s.Left, s.Right}
	default:
		return nil, unsupported("normalizer of type %q", kind)
	}
	if err != nil {
		return nil, jsonError(part+" "+kind, err)
	}
	return normalizers{n}, nil
}

func parseReplace(raw json.RawMessage) (normalizer, error) {
	var s struct {
		component
		Pattern jsonPattern `json:"pattern"`
		Content string      `json:"content"`
	}
	if err := strict(raw, &s); err != nil {
		return nil, err
	}
	m, err := s.Pattern.matcher()
	return replacer{m, s.Content}, err
}

func parseNormalizerSequence(raw json.RawMessage, depth int) (list normalizers, err error) {
	var s struct {
		component
		List []json.RawMessage `json:"normalizers"`
	}
	if err := strict(raw, &s); err != nil {
		return nil, jsonError("normalizer Sequence", err)
	}
	if depth == maxNesting {
		return nil, unsupported("sequences of normalizers in each other")
	}
	for _, one := range s.List {
		n, err := parseNormalizers(one, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, n...)
	}
	return list, nil
}
