package tokens

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// jsonFile is a tokenizer.json.
type jsonFile struct {
	Added         []jsonAdded     `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"` // adds the tokens of a template, which are not counted
	Decoder       json.RawMessage `json:"decoder"`        // makes text of tokens
	Model         jsonModel       `json:"model"`

	Version    string          `json:"version"`
	Truncation json.RawMessage `json:"truncation"` // libraries that serve models set it aside too
	Padding    json.RawMessage `json:"padding"`
}

type jsonAdded struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// unsupported names what is not known.
func unsupported(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrUnsupported)
}

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrCorrupt)
}

// parseJSON reads a tokenizer.json.
func parseJSON(data []byte) (*Tokenizer, error) {
	var f jsonFile
	if err := strict(data, &f); err != nil {
		if !hasModel(data) {
			return nil, corrupt("expected a tokenizer.json, which is an object with a model")
		}
		return nil, jsonError("tokenizer.json", err)
	}
	for _, check := range []struct {
		part  string
		raw   json.RawMessage
		known []string
	}{
		{"post_processor", f.PostProcessor, []string{"ByteLevel", "TemplateProcessing", "BertProcessing", "RobertaProcessing"}},
		{"decoder", f.Decoder, []string{"ByteLevel", "Replace", "ByteFallback", "Fuse", "Strip", "Metaspace", "BPEDecoder"}},
	} {
		if err := knownParts(check.part, check.raw, check.known); err != nil {
			return nil, err
		}
	}
	t := &Tokenizer{}
	var err error
	if t.normalizers, err = parseNormalizers(f.Normalizer, 0); err != nil {
		return nil, err
	}
	bytewise := false
	if t.splitters, bytewise, err = parseSplitters(f.PreTokenizer); err != nil {
		return nil, err
	}
	return t, t.finish(&f, bytewise)
}

// hasModel tells a tokenizer.json from files that are something else.
func hasModel(data []byte) bool {
	var f struct {
		Model json.RawMessage `json:"model"`
	}
	return json.NewDecoder(bytes.NewReader(data)).Decode(&f) == nil && !absent(f.Model)
}

// finish makes what the vocabulary is needed for.
func (t *Tokenizer) finish(f *jsonFile, bytewise bool) error {
	var err error
	if t.model, t.texts, err = f.Model.parse(bytewise); err != nil {
		return err
	}
	return t.add(f.Added)
}

const maxNesting = 8

// component is a part of a tokenizer.json by its type.
type component struct {
	Type string `json:"type"`
}

// typeOf returns the type of a part, "" where there is none.
func typeOf(part string, raw json.RawMessage) (string, error) {
	if absent(raw) {
		return "", nil
	}
	var c component
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", jsonError(part, err)
	}
	if c.Type == "" {
		return "", corrupt("%s has no type", part)
	}
	return c.Type, nil
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// strict refuses fields that are not known: what they say would be ignored.
func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return corrupt("something follows the end of the JSON")
	}
	return nil
}

func jsonError(part string, err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return corrupt("%s: byte %d: %v", part, e.Offset, e)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return corrupt("%s: %v", part, e)
	}
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnsupported) {
		return err
	}
	return unsupported("%s: %v", part, err)
}

// knownParts refuses types that are not known of a part that does not change what is counted.
func knownParts(part string, raw json.RawMessage, known []string) error {
	kind, err := typeOf(part, raw)
	if err != nil || kind == "" || slices.Contains(known, kind) {
		return err
	}
	if kind != "Sequence" {
		return unsupported("%s of type %q", part, kind)
	}
	var list struct {
		Processors []component `json:"processors"`
		Decoders   []component `json:"decoders"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return jsonError(part, err)
	}
	for _, c := range slices.Concat(list.Processors, list.Decoders) {
		if !slices.Contains(known, c.Type) {
			return unsupported("%s of type %q", part, c.Type)
		}
	}
	return nil
}
