package bench_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
)

// TestReadPrompts_fields: what a line says of its request, besides the prompt, goes into the request.
func TestReadPrompts_fields(t *testing.T) {
	extra := func(name, value string) openai.Members {
		return openai.Members{{Name: name, Value: json.RawMessage(value)}}
	}
	for in, want := range map[string]openai.Input{
		`{"prompt":"p","output_tokens":12,"max_tokens":9}`: {MaxTokens: 12},
		`{"prompt":"p","max_tokens":9}`:                    {MaxTokens: 9},
		`{"prompt":"p","output_tokens_count":7}`:           {MaxTokens: 7},
		`{"prompt":"p","completion_tokens_count":5.0}`:     {MaxTokens: 5},
		`{"prompt":"p","output_tokens":null}`:              {},
		`{"text":"p","output_length":4,"extra":{"k":1}}`:   {MaxTokens: 4, Extra: extra("k", "1")},
		`{"turns":[{"text":"p","output_length":3}]}`:       {MaxTokens: 3},
		`{"messages":[{"role":"user","content":"p"}],"max_tokens":2,"tools":[ {"a":1} ],"top_k":4,"expected":"e"}`: {
			MaxTokens: 2, Tools: json.RawMessage(`[{"a":1}]`), Extra: extra("top_k", "4"), Expected: new("e"),
		},
		`{"query":"p","documents":["a",{"text":"b"}]}`: {Documents: []string{"a", "b"}},
	} {
		got, err := bench.ReadPrompts(strings.NewReader(in), bench.PromptOptions{Format: bench.JSONL})
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		want.Messages = msg("user", "p")
		if diff := cmp.Diff(want, got[0].Input()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", in, diff)
		}
	}
}

// TestReadPrompts_allFields: who asks for the members of a line gets all of them, in any layout, and they are sent no more
// than before.
func TestReadPrompts_allFields(t *testing.T) {
	for in, want := range map[string]map[string]any{
		`{"prompt":"p","expected":"e","tenant":"a"}`: {"prompt": "p", "expected": "e", "tenant": "a"},
		`{"messages":[],"conversations":[{"from":"human","value":"p"}],"n":1e2}`: {
			"messages": []any{}, "conversations": []any{map[string]any{"from": "human", "value": "p"}}, "n": json.Number("1e2"),
		},
	} {
		for _, o := range []bench.PromptOptions{{Format: bench.JSONL}, {Format: bench.JSONL, Fields: true}} {
			got, err := bench.ReadPrompts(strings.NewReader(in), o)
			if err != nil {
				t.Fatalf("%s: %v", in, err)
			}
			input := got[0].Input()
			if diff := cmp.Diff(o.Fields, input.Fields != nil); diff != "" || len(input.Extra) > 0 {
				t.Errorf("%s: %v, %v", in, input.Fields, input.Extra)
			}
			if diff := cmp.Diff(want, input.Fields); o.Fields && diff != "" {
				t.Errorf("%s (-want +got)\n%s", in, diff)
			}
		}
	}
	got, err := bench.ReadPrompts(strings.NewReader("p"), bench.PromptOptions{Format: bench.Text, Fields: true})
	if err != nil || got[0].Fields != nil {
		t.Errorf("%v: %v", got, err)
	}
}

func TestReadPrompts_images(t *testing.T) {
	const sent = `{"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}`
	for _, in := range []string{
		`{"messages":[` + sent + `]}`,
		`{"text":"what?","image":"data:image/png;base64,AA=="}`,
		`{"turns":[{"text":"what?","images":["data:image/png;base64,AA=="]}]}`,
	} {
		got, err := bench.ReadPrompts(strings.NewReader(in), bench.PromptOptions{Format: bench.JSONL})
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if m := got[0].Messages[0]; string(m.Raw) != sent || m.Content != "what?" || len(m.Parts) != 2 {
			t.Errorf("%s: %+v", in, m)
		}
	}
	two, err := bench.ReadPrompts(strings.NewReader(`{"text":"a","image":"http://h/1"}`+"\n"+`{"text":"a","image":"http://h/2"}`), bench.PromptOptions{Format: bench.JSONL})
	if err != nil || two[0].SHA256 == two[1].SHA256 {
		t.Errorf("two images are one prompt: %v", err)
	}
}

func TestReadPrompts_badFields(t *testing.T) {
	for in, want := range map[string]string{
		`{"prompt":"p","output_tokens":0}`:                             "0: expected a whole number of tokens",
		`{"prompt":"p","max_tokens":1.5}`:                              "1.5: expected a whole number",
		`{"prompt":"p","max_tokens":"9"}`:                              `"9": expected a number of tokens`,
		`{"prompt":"p","max_tokens":1e99}`:                             "1e99: expected a whole number",
		`{"messages":[{"role":"user","content":"p"}],"max_tokens":-1}`: "-1: expected a whole number",
		`{"messages":[{"role":"user","content":"p"}],"a":1,"a":2}`:     `"a" is given twice`,
		`{"messages":[{"role":"user","content":7}]}`:                   "content: expected a string, null or a list of parts",
		`{"text":"p","extra":[]}`:                                      "extra: expected a JSON object",
		`{"text":"p","image":"a.png"}`:                                 `image "a.png": expected a URL`,
		`{"text":"p","image":{"url":"x"}}`:                             "expected a URL",
		`{"turns":[{"text":"p"},{"text":"q","image":"a.png"}]}`:        "turn 2: image",
		`{"query":"p"}`:                 "documents: expected a list of texts",
		`{"query":"p","documents":[7]}`: "documents: expected a list of texts",
	} {
		_, err := bench.ReadPrompts(strings.NewReader(in), bench.PromptOptions{Format: bench.JSONL})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "line 1: ") {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}
