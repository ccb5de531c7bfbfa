package tokens_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/tokens"
)

// TestParse_refused: what is not known for sure is an error that names it.
func TestParse_refused(t *testing.T) {
	good, err := os.ReadFile("testdata/bytelevel.json")
	if err != nil {
		t.Fatal(err)
	}
	const splitEnd = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]`
	tests := []struct {
		old, new string
		want     error
		says     string
	}{
		{`"type":"BPE"`, `"type":"Unigram"`, tokens.ErrUnsupported, `model of type "Unigram"`},
		{`"type":"BPE"`, `"typ":"BPE"`, tokens.ErrCorrupt, "model has no type"},
		{`{"type":"NFC"}`, `{"type":"Precompiled"}`, tokens.ErrUnsupported, `normalizer of type "Precompiled"`},
		{`{"type":"NFC"}`, `{"type":"Strip","strip_left":true,"strip_right":true,"both":1}`, tokens.ErrUnsupported, `unknown field "both"`},
		{`{"type":"NFC"}`, `{"type":"Replace","pattern":{"Regex":"(?<=a)b"},"content":""}`, tokens.ErrUnsupported, "pattern"},
		{`{"type":"NFC"}`, `{"type":"Replace","pattern":{"Regex":"a*"},"content":""}`, tokens.ErrUnsupported, "a match of nothing"},
		{splitEnd, `{"type":"UnicodeScripts"}]`, tokens.ErrUnsupported, `pre_tokenizer of type "UnicodeScripts"`},
		{splitEnd, `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},{"type":"Digits"}]`, tokens.ErrUnsupported, "after ByteLevel"},
		{`"Isolated"`, `"Sideways"`, tokens.ErrUnsupported, `behavior "Sideways"`},
		{`"decoder":{"type":"ByteLevel"`, `"decoder":{"type":"Magic"`, tokens.ErrUnsupported, `decoder of type "Magic"`},
		{`"post_processor":null`, `"post_processor":{"type":"Sequence","processors":[{"type":"New"}]}`, tokens.ErrUnsupported, `post_processor of type "New"`},
		{`"dropout":null`, `"dropout":0.1`, tokens.ErrUnsupported, "dropout"},
		{`"end_of_word_suffix":null`, `"end_of_word_suffix":"</w>"`, tokens.ErrUnsupported, `end_of_word_suffix "</w>"`},
		{`"unk_token":null`, `"unk_token":"?!?"`, tokens.ErrCorrupt, `unk_token "?!?"`},
		{`"merges":[`, `"merges":[["the","zebra"],`, tokens.ErrCorrupt, "merge 0"},
		{`"version":"1.0"`, `"version":"1.0","extra":{}`, tokens.ErrUnsupported, `unknown field "extra"`},
		{`{"version"`, `{"version`, tokens.ErrCorrupt, "expected a tokenizer.json"},
		{`{"version"`, `[{"version"`, tokens.ErrCorrupt, "expected a tokenizer.json"},
		{`{"version"`, `{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}} {"version"`, tokens.ErrCorrupt, "follows the end"},
		{`"id":`, `"id":-`, tokens.ErrCorrupt, "id -"},
	}
	for _, tt := range tests {
		data := strings.Replace(string(good), tt.old, tt.new, 1)
		if data == string(good) {
			t.Errorf("%s: not in the file", tt.old)
			continue
		}
		_, err := tokens.Parse("a.json", []byte(data))
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s instead of %s: %v, want %q", tt.new, tt.old, err, tt.says)
		}
	}
}

func TestParse_ranks(t *testing.T) {
	for data, says := range map[string]string{
		"IQ== 0\nIQ== 1\n": "line 2: this token was there before",
		"!!! 0\n":          "line 1: expected a token in base64",
		"IQ==\n":           "line 1: expected a token in base64 and its rank",
		"IQ== -1\n":        "line 1",
		"IQ== 99999999\n":  "line 1",
		"IQ== 0\n":         "no token for the byte 0",
		"":                 "no token for the byte 0",
	} {
		if _, err := tokens.Parse("cl100k_base.tiktoken", []byte(data)); !errors.Is(err, tokens.ErrCorrupt) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", data, err, says)
		}
	}
	for _, name := range []string{"mine.tiktoken", ".tiktoken"} {
		if _, err := tokens.Parse(name, nil); !errors.Is(err, tokens.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := tokens.Open("tiktoken:gpt9"); !errors.Is(err, tokens.ErrUnsupported) || !strings.Contains(err.Error(), "o200k_base") {
		t.Errorf("unknown encoding: %v", err)
	}
}
