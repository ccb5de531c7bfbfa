package openai

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBody(t *testing.T) {
	chat := []Message{{Role: "system", Content: "Be \"brief\"\n"}, {Role: "user", Content: "a\\b\x01\t\r<é>\xff\u2028"}}
	ask := []Message{{Role: "user", Content: "a"}}
	const stream, usage = `"stream":true`, `"stream":true,"stream_options":{"include_usage":true}`
	picture := MessageOf("user", []Part{{Text: "see"}, {Image: "data:image/png;base64,AA=="}, {Image: "http://h/x.png"}})
	called := readMessage(t, `{"role": "assistant", "content": null, "tool_calls": [{"id": "1"}]}`)
	every := BodyOptions{
		Model: "m", MaxTokens: 9, MinTokens: 2, Temperature: new(0.25), TopP: new(0.5), Seed: new(int64(-7)), Stop: []string{"x", "\n"}, N: 2,
		IgnoreEOS: true, Tools: json.RawMessage(`[{"t":1}]`), ResponseFormat: json.RawMessage(`{"f":1}`),
	}
	at := func(e Endpoint, o BodyOptions) BodyOptions { o.Endpoint = e; return o }
	extra := func(s string) Members {
		m, err := ParseMembers([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, tt := range map[string]struct {
		o    BodyOptions
		in   Input
		want string
	}{
		"chat": {
			BodyOptions{Endpoint: Chat, Model: "m", MaxTokens: 5}, Input{Messages: chat},
			`{"model":"m","messages":[{"role":"system","content":"Be \"brief\"\n"},{"role":"user","content":"a\\b\u0001\t\r<é>\ufffd` + "\u2028" + `"}],"max_tokens":5,` + usage + `}`,
		},
		"chat whole": {BodyOptions{Whole: true}, Input{Messages: ask}, `{"messages":[{"role":"user","content":"a"}]}`},
		"chat, all options": {
			at(Chat, every), Input{},
			`{"model":"m","messages":[],"max_tokens":9,"temperature":0.25,"top_p":0.5,"seed":-7,"ignore_eos":true,"min_tokens":2,"stop":["x","\n"],"n":2,"tools":[{"t":1}],"response_format":{"f":1},` + usage + `}`,
		},
		"chat, of the line": {
			at(Chat, every), Input{Messages: ask, MaxTokens: 3, Model: "other", Tools: json.RawMessage(`[]`), Extra: extra(`{"temperature": 1, "top_p": null, "n": 1, "x": [1, 2]}`)},
			`{"model":"other","messages":[{"role":"user","content":"a"}],"max_tokens":3,"seed":-7,"ignore_eos":true,"min_tokens":2,"stop":["x","\n"],"tools":[],"response_format":{"f":1},` + usage + `,"temperature":1,"n":1,"x":[1,2]}`,
		},
		"chat, parts and calls": {
			BodyOptions{Whole: true}, Input{Messages: []Message{picture, called}},
			`{"messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"image_url","image_url":{"url":"http://h/x.png"}}]},` +
				`{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}]}`,
		},
		"chat, the newer name": {
			BodyOptions{MaxTokens: 5, Extra: extra(`{"max_completion_tokens":7}`)}, Input{Messages: ask},
			`{"messages":[{"role":"user","content":"a"}],` + usage + `,"max_completion_tokens":7}`,
		},
		"extra members": {
			BodyOptions{MaxTokens: 5, Extra: extra(`{"stream_options": null, "max_tokens": 6, "k": {"a": 1}}`)}, Input{Messages: ask, Extra: extra(`{"k":2}`)},
			`{"messages":[{"role":"user","content":"a"}],"stream":true,"k":2,"max_tokens":6}`,
		},
		"extra members of the line taken away": {
			BodyOptions{Whole: true, Extra: extra(`{"tenant": null, "k": 1}`)}, Input{Messages: ask, Extra: extra(`{"tenant":"a","k":null}`)},
			`{"messages":[{"role":"user","content":"a"}]}`,
		},
		"extra stream": {BodyOptions{Extra: extra(`{"stream":false}`)}, Input{Messages: ask}, `{"messages":[{"role":"user","content":"a"}],"stream":false}`},
		"completions": {
			BodyOptions{Endpoint: Completions, Model: `q"q`}, Input{Messages: chat[:1]},
			`{"model":"q\"q","prompt":"Be \"brief\"\n",` + usage + `}`,
		},
		"completions of many": {
			BodyOptions{Endpoint: Completions}, Input{Messages: []Message{{Content: "a"}, {Content: "b"}, {Content: "c"}}},
			`{"prompt":"a\n\nb\n\nc",` + usage + `}`,
		},
		"responses": {
			at(Responses, every), Input{Messages: []Message{chat[0], picture, {Role: "assistant", Content: "ok", Parts: []Part{{Text: "ok"}}}}},
			`{"model":"m","input":[{"role":"system","content":"Be \"brief\"\n"},{"role":"user","content":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,AA=="},{"type":"input_image","image_url":"http://h/x.png"}]},` +
				`{"role":"assistant","content":[{"type":"output_text","text":"ok"}]}],"max_output_tokens":9,"temperature":0.25,"top_p":0.5,"seed":-7,"ignore_eos":true,"min_tokens":2,"stop":["x","\n"],"tools":[{"t":1}],"text":{"format":{"f":1}},` + stream + `}`,
		},
		"messages": {
			at(Messages, every), Input{Messages: []Message{chat[0], {Role: "developer", Content: "d"}, picture}},
			`{"model":"m","system":"Be \"brief\"\n\n\nd","messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"image","source":{"type":"url","url":"http://h/x.png"}}]}],` +
				`"max_tokens":9,"temperature":0.25,"top_p":0.5,"seed":-7,"ignore_eos":true,"min_tokens":2,"stop_sequences":["x","\n"],"tools":[{"t":1}],` + stream + `}`,
		},
		"embeddings":  {BodyOptions{Endpoint: Embeddings, Model: "m"}, Input{Messages: ask}, `{"model":"m","input":"a"}`},
		"rerank":      {BodyOptions{Endpoint: RerankV2, Model: "m"}, Input{Messages: ask, Documents: []string{"b", `"`}}, `{"model":"m","query":"a","documents":["b","\""]}`},
		"by its path": {BodyOptions{Endpoint: "/openai/v1/embeddings"}, Input{Messages: ask}, `{"input":"a"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(tt.o.Append([]byte("x"), &tt.in))
			if diff := cmp.Diff("x"+tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, err := ParseMembers([]byte(got[1:])); err != nil { // valid, and no name twice
				t.Error(err)
			}
		})
	}
}

func readMessage(t *testing.T, s string) (m Message) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMessage_read(t *testing.T) {
	for in, want := range map[string]Message{
		`{"role":"user","content":"a"}`: {Role: "user", Content: "a"},
		`{"content":"a", "role":"user", "name":"n"}`: {
			Role: "user", Content: "a", Raw: json.RawMessage(`{"content":"a","role":"user","name":"n"}`),
		},
		`{"role":"user","content":[{"type":"text","text":"a"},{"type":"audio"},{"type":"text","text":"b"}]}`: {
			Role: "user", Content: "ab", Parts: []Part{{Text: "a"}, {Text: "b"}},
			Raw: json.RawMessage(`{"role":"user","content":[{"type":"text","text":"a"},{"type":"audio"},{"type":"text","text":"b"}]}`),
		},
	} {
		if diff := cmp.Diff(want, readMessage(t, in)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", in, diff)
		}
	}
	for _, bad := range []string{`[]`, `{"role":1}`, `{"content":7}`, `{"content":{}}`, `{"content":[1]}`} {
		if err := json.Unmarshal([]byte(bad), new(Message)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestTemplate(t *testing.T) {
	in := &Input{
		Messages: []Message{{Role: "system", Content: "s"}, {Role: "user", Content: "say \"hi\" <b>"}}, MaxTokens: 7,
		Documents: []string{"d"}, Tools: json.RawMessage(`[1]`), Expected: new("e"),
		Fields: map[string]any{"tier": json.Number("12345678901234567890"), "Model": "of the line", "user": map[string]any{"id": "u"}},
	}
	o := &BodyOptions{Model: "m", MaxTokens: 9}
	for text, want := range map[string]string{
		`{"p":{{json .Prompt}},"m":{{json .Messages}}}`:                                  `{"p":"s\n\nsay \"hi\" <b>","m":[{"role":"system","content":"s"},{"role":"user","content":"say \"hi\" <b>"}]}`,
		`{"x":[{{.MaxTokens}},{{json .Model}}]}`:                                         `{"x":[7,"m"]}`,
		`{"d":{{json .Documents}},"t":{{json .Tools}},"e":"{{.Expected}}"}`:              `{"d":["d"],"t":[1],"e":"e"}`,
		`{"tier":{{json .tier}},"user":{{json .user.id}},"model":{{json .Model}}}`:       `{"tier":12345678901234567890,"user":"u","model":"m"}`,
		`{{range .Messages}}{{if eq .Role "user"}}{"q":{{json .Content}}}{{end}}{{end}}`: `{"q":"say \"hi\" <b>"}`,
	} {
		var err error
		if o.Template, err = ParseTemplate(text); err != nil {
			t.Fatal(err)
		}
		if err := o.CheckInput(in); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff("x"+want, string(o.Append([]byte("x"), in))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
}

func TestTemplate_errors(t *testing.T) {
	if _, err := ParseTemplate(`{{`); err == nil {
		t.Error("half a template was read")
	}
	in := &Input{Messages: []Message{{Content: "a\nb"}}}
	for text, want := range map[string]string{
		`{"p":"{{.Prompt}}"}`:   "no JSON: invalid character '\\n' in string literal at byte 8, after \"{\\\"p\\\":\\\"a\"",
		`[]`:                    "JSON that is no object",
		``:                      "no JSON",
		`{{.Nothing}}`:          `map has no entry for key "Nothing"`,
		`{{index .Messages 3}}`: "out of range",
	} {
		parsed, err := ParseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		o := &BodyOptions{Template: parsed}
		if err := o.CheckInput(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		o.Append(nil, in) // does not panic
	}
}

func TestBody_check(t *testing.T) {
	template, err := ParseTemplate("{}")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		o    BodyOptions
		want string // "" is no error
	}{
		"chat":               {BodyOptions{N: 2, Tools: json.RawMessage("[]"), ResponseFormat: json.RawMessage("{}")}, ""},
		"completions":        {BodyOptions{Endpoint: Completions, Tools: json.RawMessage("[]")}, "/v1/completions has no tools"},
		"responses":          {BodyOptions{Endpoint: Responses, N: 2}, "/v1/responses has no number of answers"},
		"messages":           {BodyOptions{Endpoint: Messages, N: 2, ResponseFormat: json.RawMessage("{}")}, "/v1/messages has no number of answers or response format"},
		"embeddings":         {BodyOptions{Endpoint: Embeddings, MaxTokens: 1, TopP: new(1.0), Stop: []string{"a"}}, "/v1/embeddings has no max tokens, top-p or stop text"},
		"template":           {BodyOptions{Template: template, MaxTokens: 3}, ""},
		"template and other": {BodyOptions{Template: template, TopP: new(1.0)}, "a body template makes the whole body: top-p must be in it"},
		"template and extra": {BodyOptions{Template: template, Extra: Members{{"a", nil}}}, "extra members must be in it"},
	} {
		if err := tt.o.Check(); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestBody_checkInput(t *testing.T) {
	plain := []Message{{Role: "user", Content: "a"}}
	picture := []Message{MessageOf("user", []Part{{Image: "http://h/x"}})}
	called := []Message{readMessage(t, `{"role":"user","content":"a","name":"n"}`)}
	for name, tt := range map[string]struct {
		o    BodyOptions
		in   Input
		want string // "" is no error
	}{
		"chat":                  {BodyOptions{}, Input{Messages: called}, ""},
		"image to chat":         {BodyOptions{}, Input{Messages: picture}, ""},
		"image to responses":    {BodyOptions{Endpoint: Responses}, Input{Messages: picture}, ""},
		"image to completions":  {BodyOptions{Endpoint: Completions}, Input{Messages: picture}, "message 1: /v1/completions takes text only, and it has an image"},
		"name to responses":     {BodyOptions{Endpoint: Responses}, Input{Messages: called}, "message 1: it has more than a role"},
		"tools to completions":  {BodyOptions{Endpoint: Completions}, Input{Messages: plain, Tools: json.RawMessage("[]")}, "has no tools"},
		"rerank":                {BodyOptions{Endpoint: Rerank}, Input{Messages: plain, Documents: []string{"d"}}, ""},
		"rerank of nothing":     {BodyOptions{Endpoint: Rerank}, Input{Messages: plain}, `give the line a list "documents"`},
		"messages":              {BodyOptions{Endpoint: Messages, MaxTokens: 4}, Input{Messages: plain}, ""},
		"messages without end":  {BodyOptions{Endpoint: Messages}, Input{Messages: plain}, "has no longest answer of its own"},
		"messages, by the line": {BodyOptions{Endpoint: Messages}, Input{Messages: plain, MaxTokens: 3}, ""},
	} {
		if err := tt.o.CheckInput(&tt.in); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestMembers_errors(t *testing.T) {
	for in, want := range map[string]string{
		`[]`: "expected a JSON object", ``: "expected a JSON object", `{"a":1,"a":2}`: `"a" is given twice`, `{"a":}`: "", `{"a":1`: "", `{} {}`: "follows",
	} {
		if _, err := ParseMembers([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func TestMembers_string(t *testing.T) {
	m, err := ParseMembers([]byte(`{ "b": [1, 2], "a\n": null }`))
	if got := m.String(); err != nil || got != `{"b":[1,2],"a\n":null}` || Members(nil).String() != "" {
		t.Error(got, err)
	}
}

func TestBody_overridden(t *testing.T) {
	o := BodyOptions{Model: "m", Extra: Members{{"stream_options", json.RawMessage("null")}, {"top_k", json.RawMessage("4")}, {"model", json.RawMessage(`"n"`)}}}
	if diff := cmp.Diff([]string{"stream_options", "model"}, o.Overridden(&Input{Messages: []Message{{Content: "a"}}})); diff != "" {
		t.Error(diff)
	}
	o = BodyOptions{Extra: Members{{"model", json.RawMessage("null")}}} // the model is yet to be asked for
	if diff := cmp.Diff([]string{"model"}, o.Overridden(&Input{Messages: []Message{{Content: "a"}}})); diff != "" {
		t.Error(diff)
	}
}

// FuzzBody: what is put in is what encoding/json reads back.
func FuzzBody(f *testing.F) {
	f.Add("m", "user", "hello", false)
	f.Add("\"\\\x00\x7f\xc3", "\ud7ff", "\xed\xa0\x80😀", true)
	f.Fuzz(func(t *testing.T, model, role, content string, completions bool) {
		o := BodyOptions{Endpoint: Chat, Model: model}
		if completions {
			o.Endpoint = Completions
		}
		var got struct {
			Model, Prompt string
			Messages      []Message
		}
		body := o.Append(nil, &Input{Messages: []Message{{Role: role, Content: content}, {}}})
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		// Each byte that is no UTF-8 becomes one U+FFFD, as in a conversion to runes.
		want := func(s string) string { return string([]rune(s)) }
		text := strings.TrimSuffix(got.Prompt, "\n\n")
		if !completions {
			text = got.Messages[0].Content
			if got.Messages[0].Role != want(role) {
				t.Fatalf("role %q", got.Messages[0].Role)
			}
		}
		if got.Model != want(model) || completions && text+"\n\n" != got.Prompt || text != want(content) {
			t.Fatalf("%s is %+v", body, got)
		}
	})
}
