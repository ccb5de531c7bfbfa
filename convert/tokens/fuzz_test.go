package tokens_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/tokens"
)

// FuzzTokenizer: the tokens of any text cover it, and those of bytes are it.
func FuzzTokenizer(f *testing.F) {
	for _, text := range readGolden(f).Texts {
		f.Add(text)
	}
	f.Add("\xff\xfe\x80 \xf0\x9f\x98")
	bytes := open(f, "tiktoken:cl100k_base")
	others := []*tokens.Tokenizer{
		bytes, open(f, "testdata/bytelevel.json"), open(f, "testdata/sentencepiece.json"), open(f, "testdata/metaspace.json"),
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range others {
			checkLaws(t, k, text)
		}
		if got := textOf(bytes, text); got != text {
			t.Errorf("tokens of %q are %q", text, got)
		}
		plain := utf8.ValidString(text) && text != "" && !strings.ContainsAny(text, "▁<")
		if got := textOf(others[2], text); plain && got != " "+text {
			t.Errorf("tokens of %q with the mark before it are %q", text, got)
		}
	})
}

// FuzzTokenizerJSON: a hostile file is an error or a tokenizer, which keeps the laws.
func FuzzTokenizerJSON(f *testing.F) {
	const model = `"model":{"type":"BPE","unk_token":"u","fuse_unk":true,"byte_fallback":true,"ignore_merges":true,` +
		`"vocab":{"a":0,"b":1,"ab":2,"▁":3,"u":4,"<0x41>":5,"▁a":6},"merges":[["a","b"],["▁","a"]]}}`
	for _, parts := range []string{
		`"normalizer":{"type":"Strip","strip_left":true,"strip_right":true},"pre_tokenizer":{"type":"WhitespaceSplit"}`,
		`"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Prepend","prepend":"▁"}]}`,
		`"normalizer":{"type":"Replace","pattern":{"Regex":"\\s+(?!\\S)|(?i:'s|t)?[^\\p{L}]{1,3}"},"content":"b"}`,
		`"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}`,
		`"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}`,
		`"pre_tokenizer":{"type":"Split","pattern":{"String":"a"},"behavior":"Contiguous","invert":true}`,
		`"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":false}]}`,
		`"added_tokens":[{"id":9,"content":"ab","single_word":true,"lstrip":true,"rstrip":true,"normalized":true,"special":false}]`,
	} {
		f.Add([]byte("{" + parts + "," + model))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		k, err := tokens.Parse("tokenizer.json", data)
		if err != nil {
			return
		}
		for _, text := range []string{"", "the cat's  3 mats\n\n", "é東👍\x00 ab", "▁a <s>b"} {
			checkLaws(t, k, text)
		}
	})
}
