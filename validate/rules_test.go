package validate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/validate"
)

type ruleTest struct {
	name string
	in   string
	opts validate.Options
	want []string
}

func runRules(t *testing.T, file string, tests []ruleTest) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, sum := check(t, file, tt.in, tt.opts)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			bad := false
			for _, w := range tt.want {
				bad = bad || !strings.Contains(w, "warning: ")
			}
			if sum.OK() == bad {
				t.Errorf("OK() = %v with %d errors", sum.OK(), sum.Errors)
			}
		})
	}
}

func TestReader_txt(t *testing.T) {
	runRules(t, "p.txt", []ruleTest{
		{name: "good", in: "one\ntwo\twith a tab\n中文提示\n  indented\n"},
		{name: "not UTF-8", in: "ok\nné\xe9 x\n", want: []string{"utf-8 p.txt:2:3: byte 0xe9 is not valid UTF-8 here"}},
		{name: "UTF-16", in: "\xff\xfea\x00\n", want: []string{"utf-8 p.txt:1:1: byte 0xff is not valid UTF-8 here"}},
		{name: "surrogate", in: "a\xed\xa0\x80\n", want: []string{"utf-8 p.txt:1:2: byte 0xed is not valid UTF-8 here"}},
		{name: "BOM", in: "\ufeffa\n", want: []string{"bom p.txt:1:1: byte order mark U+FEFF at the start, which becomes part of the text"}},
		{name: "CR LF", in: "é1\r\n", want: []string{"cr p.txt:1:3: carriage return before the line feed"}},
		{name: "CR", in: "a\rb\n", want: []string{"cr p.txt:1:2: carriage return inside the line"}},
		{name: "blank", in: "a\n\n \t\u3000\nb\n", want: []string{
			"blank p.txt:2:1: the line is blank, want a prompt",
			"blank p.txt:3:1: the line is blank, want a prompt",
		}},
		{name: "control character", in: "é\x1b[1m\x00\n", want: []string{"control p.txt:1:2: control character U+001B, only tab is allowed"}},
		{name: "DEL", in: "ab\x7f\n", want: []string{"control p.txt:1:3: control character U+007F, only tab is allowed"}},
		{name: "C1", in: "ab\u009b\n", want: []string{"control p.txt:1:3: control character U+009B, only tab is allowed"}},
		{name: "NEL", in: "a\u0085b\n", want: []string{"separator p.txt:1:2: U+0085 inside a prompt: some readers end the line here"}},
		{name: "line separator", in: "a\u2028b\n", want: []string{"separator p.txt:1:2: warning: U+2028 inside a prompt: some readers end the line here"}},
		{name: "final line feed", in: "a\nbé", want: []string{"final-lf p.txt:2:3: the last line does not end with a line feed; it may have been cut short"}},
		{name: "empty", in: "", want: []string{"empty-file p.txt:1:1: the file is empty, want at least one prompt"}},
		{name: "bidi", in: "a\u202eb\n", want: []string{"bidi p.txt:1:2: warning: direction control U+202E: the text shows in another order than it has"}},
		{name: "bidi isolate", in: "’\u2066b\n", want: []string{"bidi p.txt:1:2: warning: direction control U+2066: the text shows in another order than it has"}},
		{name: "mojibake", in: "Itâ€™s\n", want: []string{`mojibake p.txt:1:3: warning: "â€™" looks like text decoded with the wrong encoding`}},
		{name: "mojibake letters", in: "naïve cafÃ©\n", want: []string{`mojibake p.txt:1:10: warning: "Ã©" looks like text decoded with the wrong encoding`}},
		{name: "no mojibake", in: "naïve É… Ä\u00a0x É® âge ð\n"},
		{name: "duplicates", in: "a\nb\na\na\n", want: []string{
			"duplicate p.txt:3:1: warning: the line repeats line 1: a server may answer it from its cache",
			"duplicate p.txt:4:1: warning: the line repeats line 1: a server may answer it from its cache",
		}},
		{name: "several on a line", in: "\ufeffé\x01\r\n", want: []string{
			"bom p.txt:1:1: byte order mark U+FEFF at the start, which becomes part of the text",
			"control p.txt:1:3: control character U+0001, only tab is allowed",
			"cr p.txt:1:4: carriage return before the line feed",
		}},
		{
			name: "long line", opts: validate.Options{MaxLineBytes: 8}, in: "12345678\n123456789\n" + strings.Repeat("x", 1<<20) + "\nok\n" + strings.Repeat("y", 9),
			want: []string{
				"line-length p.txt:2:1: the line has 9 bytes, the limit is 8; it was not looked at",
				"line-length p.txt:3:1: the line has 1048576 bytes, the limit is 8; it was not looked at",
				"line-length p.txt:5:1: the line has 9 bytes, the limit is 8; it was not looked at",
			},
		},
	})
}

const twoKeys = `; a strict line has exactly "prompt" and "expected"`

func TestReader_strict(t *testing.T) {
	const good = `{"prompt":"a","expected":"b"}`
	runRules(t, "p.jsonl", []ruleTest{
		{name: "good", in: good + "\n" + ` { "expected" : "\u00e9\n\"" , "prompt" : "\n中\t\ud83d\udcca" } ` + "\n"},
		{name: "not UTF-8", in: `{"prompt":"né` + "\xe9" + `","expected":"b"}` + "\n", want: []string{"utf-8 p.jsonl:1:14: byte 0xe9 is not valid UTF-8 here"}},
		{name: "BOM", in: "\ufeff" + good + "\n", want: []string{"bom p.jsonl:1:1: byte order mark U+FEFF at the start, which becomes part of the text"}},
		{name: "CR LF", in: good + "\r\n", want: []string{"cr p.jsonl:1:30: carriage return before the line feed"}},
		{name: "blank", in: good + "\n\n", want: []string{"blank p.jsonl:2:1: the line is blank, want a JSON object"}},
		{name: "oddities in escapes", in: `{"prompt":"\\u202e \ud83d\udcca\u00e2\u20ac\u2122 \u202e x","expected":"y"}` + "\n", want: []string{
			`mojibake p.jsonl:1:32: warning: "â€™" looks like text decoded with the wrong encoding`,
			"bidi p.jsonl:1:51: warning: direction control U+202E: the text shows in another order than it has",
		}},
		{name: "no JSON", in: "hello\n", want: []string{`syntax p.jsonl:1:1: not valid JSON: want a value, found "h"`}},
		{name: "single quotes", in: `{'prompt':'a'}` + "\n", want: []string{`syntax p.jsonl:1:2: not valid JSON: want a key in double quotes, found "'"`}},
		{name: "trailing comma", in: `{"prompt":"a",}` + "\n", want: []string{`syntax p.jsonl:1:15: not valid JSON: want a key in double quotes, found "}"`}},
		{name: "no comma", in: `{"prompt":"é" "expected":"b"}` + "\n", want: []string{`syntax p.jsonl:1:15: not valid JSON: want "," or "}" after a value of an object, found """`}},
		{name: "no colon", in: `{"prompt" "a"}` + "\n", want: []string{`syntax p.jsonl:1:11: not valid JSON: want ":" after a key, found """`}},
		{name: "cut in a string", in: `{"prompt":"a`, want: []string{
			"syntax p.jsonl:1:13: not valid JSON: the line ends inside a string",
			"final-lf p.jsonl:1:13: the last line does not end with a line feed; it may have been cut short",
		}},
		{name: "indented", in: "{\n", want: []string{"syntax p.jsonl:1:2: not valid JSON: want a key in double quotes, the line ends"}},
		{name: "control character", in: "{\"prompt\":\"a\tb\"}\n", want: []string{"syntax p.jsonl:1:13: not valid JSON: control character U+0009 inside a string, want an escape"}},
		{name: "unknown escape", in: `{"prompt":"\x41"}` + "\n", want: []string{`syntax p.jsonl:1:12: not valid JSON: unknown escape \x`}},
		{name: "bad unicode escape", in: `{"prompt":"\u00zz"}` + "\n", want: []string{`syntax p.jsonl:1:12: not valid JSON: \u without four hexadecimal digits`}},
		{name: "NaN", in: `{"prompt":NaN}` + "\n", want: []string{`syntax p.jsonl:1:11: not valid JSON: want a value, found "N"`}},
		{name: "leading zero", in: `{"prompt":01}` + "\n", want: []string{`syntax p.jsonl:1:12: not valid JSON: want "," or "}" after a value of an object, found "1"`}},
		{name: "odd numbers", in: `{"prompt":-}` + "\n" + `{"prompt":1.}` + "\n" + `{"prompt":1e}` + "\n", want: []string{
			`syntax p.jsonl:1:12: not valid JSON: want a digit, found "}"`,
			`syntax p.jsonl:2:13: not valid JSON: want a digit after the point, found "}"`,
			`syntax p.jsonl:3:13: not valid JSON: want a digit in the exponent, found "}"`,
		}},
		{name: "invisible character", in: "{\"prompt\":\u200b1}\n", want: []string{`syntax p.jsonl:1:11: not valid JSON: want a value, found "\u200b" (U+200B)`}},
		{name: "trailing text", in: good + "," + "\n", want: []string{"trailing-text p.jsonl:1:30: text after the end of the value"}},
		{name: "duplicate key", in: `{"prompt":"é","expected":"b","prompt":"c"}` + "\n", want: []string{`duplicate-key p.jsonl:1:30: duplicate key "prompt": readers differ in which one they take`}},
		{name: "duplicate key by an escape", in: `{"prompt":"a","expected":"b","\u0070rompt":"c"}` + "\n", want: []string{`duplicate-key p.jsonl:1:30: duplicate key "prompt": readers differ in which one they take`}},
		{name: "duplicate key inside", in: `{"prompt":"a","expected":[{"k":1,"k":2}]}` + "\n", want: []string{
			`type p.jsonl:1:26: "expected" is an array, want a string`,
			`duplicate-key p.jsonl:1:34: duplicate key "k": readers differ in which one they take`,
		}},
		{name: "unknown key", in: `{"prompt":"é","expected":"b","answer":1}` + "\n", want: []string{`unknown-key p.jsonl:1:30: unknown key "answer"; a strict line has only "prompt" and "expected"`}},
		{name: "unknown key that hides", in: `{"prompt":"a","expected":"b","it's \u001b[31m\"":1}` + "\n", want: []string{`unknown-key p.jsonl:1:30: unknown key "it's \x1b[31m""; a strict line has only "prompt" and "expected"`}},
		{name: "missing key", in: `  {"prompt":"a"}` + "\n", want: []string{`missing-key p.jsonl:1:3: missing key "expected"` + twoKeys}},
		{name: "missing keys", in: `{}` + "\n", want: []string{`missing-key p.jsonl:1:1: missing keys "prompt" and "expected"` + twoKeys}},
		{name: "not an object", in: `["a"]` + "\n" + `"a"` + "\nnull\n1\ntrue\n", want: []string{
			"type p.jsonl:1:1: the line is an array, want an object",
			"type p.jsonl:2:1: the line is a string, want an object",
			"type p.jsonl:3:1: the line is null, want an object",
			"type p.jsonl:4:1: the line is a number, want an object",
			"type p.jsonl:5:1: the line is a boolean, want an object",
		}},
		{name: "types", in: `{"prompt":null,"expected":42}` + "\n", want: []string{
			`type p.jsonl:1:11: "prompt" is null, want a string`,
			`type p.jsonl:1:27: "expected" is a number, want a string`,
		}},
		{name: "blank prompt", in: `{"prompt":" \n\t\u3000","expected":"b"}` + "\n" + `{"prompt":"","expected":"b"}` + "\n", want: []string{
			`blank-prompt p.jsonl:1:11: "prompt" is blank, want a prompt`,
			`blank-prompt p.jsonl:2:11: "prompt" is blank, want a prompt`,
		}},
		{name: "empty expected", in: `{"prompt":"a","expected":""}` + "\n", want: []string{`empty-expected p.jsonl:1:26: "expected" is empty, want the answer`}},
		{name: "empty expected allowed", opts: validate.Options{AllowEmptyExpected: true}, in: `{"prompt":"a","expected":""}` + "\n" + `{"expected":"","prompt":"\u0061"}` + "\n"},
		{name: "separators", in: "{\"prompt\":\"a\u2028b\",\"expected\":\"\u0085\u2029\"}\n", want: []string{
			`separator p.jsonl:1:13: U+2028 must be written \u2028: some readers end the line here`,
			`separator p.jsonl:1:29: U+0085 must be written \u0085: some readers end the line here`,
			`separator p.jsonl:1:30: U+2029 must be written \u2029: some readers end the line here`,
		}},
		{name: "surrogates", in: `{"prompt":"a\ud83d","expected":"\udcca\ud83d\ud83d\udcca"}` + "\n", want: []string{
			`surrogate p.jsonl:1:13: \ud83d is half of a character: its other half is missing`,
			`surrogate p.jsonl:1:33: \udcca is half of a character: its other half is missing`,
			`surrogate p.jsonl:1:39: \ud83d is half of a character: its other half is missing`,
		}},
		{name: "depth", in: `{"prompt":` + strings.Repeat("[", 200) + "\n", want: []string{"depth p.jsonl:1:138: values nested deeper than 128"}},
		{name: "number", in: `{"prompt":"a","expected":1e99999999}` + "\n", want: []string{
			"number p.jsonl:1:26: the number is out of every reader's range",
			`type p.jsonl:1:26: "expected" is a number, want a string`,
		}},
		{name: "bidi and mojibake", in: "{\"prompt\":\"\u202eâ€™\",\"expected\":\"b\"}\n", want: []string{
			"bidi p.jsonl:1:12: warning: direction control U+202E: the text shows in another order than it has",
			`mojibake p.jsonl:1:13: warning: "â€™" looks like text decoded with the wrong encoding`,
		}},
		{name: "duplicates", in: good + "\n" + good + "\n", want: []string{"duplicate p.jsonl:2:1: warning: the line repeats line 1: a server may answer it from its cache"}},
		{name: "final line feed", in: good, want: []string{"final-lf p.jsonl:1:30: the last line does not end with a line feed; it may have been cut short"}},
		{name: "empty", in: "", want: []string{"empty-file p.jsonl:1:1: the file is empty, want at least one prompt"}},
	})
}

func TestReader_layouts(t *testing.T) {
	layout := func(name string) validate.Options { return validate.Options{Schema: name} }
	runRules(t, "p", []ruleTest{
		{name: "message", opts: layout("messages"), in: `{"messages":[{"role":"human","content":5},{"role":"user"}]}` + "\n", want: []string{
			`schema p:1:22: "messages[0].role": value must be one of "system", "developer", "user", "assistant", "tool", "function"`,
			`type p:1:40: "messages[0].content" is a number, want a string or an array or null`,
			`missing-key p:1:43: missing "content" or "tool_calls" in "messages[1]"`,
		}},
		{name: "no messages", opts: layout("messages"), in: `{"messages":[]}` + "\n", want: []string{`schema p:1:13: "messages" has too few items: minimum 1 items required, but found 0 items`}},
		{name: "empty expected", opts: layout("messages"), in: `{"messages":[{"role":"user","content":"a"}],"expected":""}` + "\n", want: []string{`empty-expected p:1:56: "expected" is empty, want the answer`}},
		{
			name: "empty expected allowed", opts: validate.Options{Schema: "messages", AllowEmptyExpected: true},
			in: `{"messages":[{"role":"user","content":"a"}],"expected":""}` + "\n",
		},
		{name: "vllm", opts: layout("vllm"), in: `{"prompt":" "}` + "\n", want: []string{`blank-prompt p:1:11: "prompt" is blank, want a prompt`}},
		{name: "guidellm", opts: layout("guidellm"), in: `{"answer":"a"}` + "\n", want: []string{`schema p:1:1: no text column: want a key such as "prompt", "question" or "text"`}},
		{name: "aiperf", opts: layout("aiperf"), in: `{"turns":[{"text":"a","texts":["a"]},{"text":""},{}]}` + "\n", want: []string{
			`schema p:1:11: "turns[0]": both "text" and "texts", want one of them`,
			`blank-prompt p:1:46: "turns[1].text" is blank, want a prompt`,
			`missing-key p:1:50: missing "text", "texts", "image", "images", "audio", "audios", "video" or "videos" in "turns[2]"`,
		}},
		{name: "sharegpt", opts: layout("sharegpt"), in: `{"conversations":[{"from":"human"},{"from":"gpt","value":"b"}]}` + "\n", want: []string{`missing-key p:1:19: missing key "value" in "conversations[0]"`}},
	})
}

func TestReader_ownSchema(t *testing.T) {
	own := func(s string) validate.Options { return validate.Options{SchemaFile: []byte(s)} }
	runRules(t, "p.txt", []ruleTest{
		{name: "keys with special characters", opts: own(`{"properties":{"a/b~c %":{"type":"integer"}}}`), in: `{"a/b~c %":"x"}` + "\n", want: []string{`type p.txt:1:12: "a/b~c %" is a string, want an integer`}},
		{name: "unknown keys deep inside", opts: own(`{"properties":{"o":{"additionalProperties":false,"properties":{"a":{}}}}}`), in: `{"o":{"a":1,"b":2,"c":3}}` + "\n", want: []string{
			`unknown-key p.txt:1:13: unknown key "b" in "o"`,
			`unknown-key p.txt:1:19: unknown key "c" in "o"`,
		}},
		{name: "unevaluated", opts: own(`{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"a":{}},"unevaluatedProperties":false}`), in: `{"a":1,"b":2}` + "\n", want: []string{`schema p.txt:1:12: "b": not allowed`}},
		{name: "format is asserted", opts: own(`{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"at":{"format":"date-time"}}}`), in: `{"at":"now"}` + "\n", want: []string{`schema p.txt:1:7: "at": 'now' is not valid 'date-time'`}},
		{name: "format is ignored", opts: validate.Options{IgnoreFormats: true, SchemaFile: []byte(`{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"at":{"format":"date-time"}}}`)}, in: `{"at":"now"}` + "\n" + `{"at":"\u006eow"}` + "\n" + `{"at":"now","b":"\ud83d\udcca"}` + "\n"},
		{name: "what looks like a pattern", opts: own(`{"properties":{"a":{"const":{"pattern":"^(?!x)"}}}}`), in: `{"a":{"pattern":"^(?!x)"}}` + "\n"},
		{name: "one of", opts: own(`{"oneOf":[{"type":"string"},{"minProperties":1,"type":"object"}]}`), in: "5\n", want: []string{"schema p.txt:1:1: the line fits none of the forms it may have: expected string, but got number; or expected object, but got number"}},
		{name: "not", opts: own(`{"not":{"required":["x"]}}`), in: `{"x":1}` + "\n", want: []string{"schema p.txt:1:1: the line has a form that the schema rules out"}},
		{name: "false", opts: own(`false`), in: `{}` + "\n", want: []string{"schema p.txt:1:1: the line: not allowed"}},
		{name: "empty expected is its own affair", opts: own(`{"properties":{"expected":{"minLength":1}}}`), in: `{"expected":""}` + "\n", want: []string{`schema p.txt:1:13: "expected" is empty`}},
		{name: "hostile value", opts: own(`{"properties":{"a":{"pattern":"^x$"},"b":{"format":"email"}}}`), in: `{"b":"\u001b[2J"}` + "\n", want: []string{`schema p.txt:1:6: "b": '\x1b[2J' is not valid 'email'`}},
		{name: "big numbers", opts: own(`{"properties":{"n":{"maximum":5,"type":"integer"}}}`), in: `{"n":1e900}` + "\n" + `{"n":4.0}` + "\n" + `{"n":` + strings.Repeat("9", 2000) + "}\n", want: []string{
			"number p.txt:1:6: the number is out of every reader's range",
			"number p.txt:3:6: the number is out of every reader's range",
		}},
		{name: "numbers at the edge", opts: validate.Options{Schema: "vllm"}, in: `{"prompt":"a","output_tokens":1e00001}` + "\n" + `{"prompt":"b","output_tokens":1e999}` + "\n" + `{"prompt":"c","output_tokens":1e-9999}` + "\n", want: []string{
			"number p.txt:2:31: the number is out of every reader's range",
			"number p.txt:3:31: the number is out of every reader's range",
		}},
		{name: "empty keys", opts: own(`{"additionalProperties":{"additionalProperties":{"maxLength":3}}}`), in: `{"":{"x":"BADBAD"}}` + "\n" + `{"0": {"[0]": null, "": "BADBAD"}, "1": "ok"}` + "\n" + `{"a":{"":"BADBAD"},"":{"a":"BAD","":"BADBAD"}}` + "\n", want: []string{
			`schema p.txt:1:10: "[""].x": length must be <= 3, but got 6`,
			`schema p.txt:2:25: "0[""]": length must be <= 3, but got 6`,
			`schema p.txt:3:10: "a[""]": length must be <= 3, but got 6`,
			`schema p.txt:3:37: "[""][""]": length must be <= 3, but got 6`,
		}},
		{name: "keys that end in a backslash", opts: own(`{"properties":{"a":{}},"patternProperties":{"^p":{}},"required":["a\\","b"],"additionalProperties":false}`), in: `{"a":1,"pq":1,"\\":1,"z'":2,"'\\":3}` + "\n", want: []string{
			`missing-key p.txt:1:1: missing keys "a\" and "b"`,
			`unknown-key p.txt:1:15: unknown key "\"`,
			`unknown-key p.txt:1:22: unknown key "z'"`,
			`unknown-key p.txt:1:29: unknown key "'\"`,
		}},
		{name: "draft 7", opts: own(`{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"s":{"type":"string"}},"items":{"$ref":"#/definitions/s"}}`), in: "[1]\n", want: []string{`type p.txt:1:2: "[0]" is a number, want a string`}},
	})
}
