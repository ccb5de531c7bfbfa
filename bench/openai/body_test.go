package openai

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAppendBody(t *testing.T) {
	temperature, seed := 0.25, int64(-7)
	chat := []Message{{"system", "Be \"brief\"\n"}, {"user", "a\\b\x01\t\r<é>\xff\u2028"}}
	for name, tt := range map[string]struct {
		o        BodyOptions
		messages []Message
		want     string
	}{
		"chat": {BodyOptions{Endpoint: Chat, Model: "m", MaxTokens: 5}, chat,
			`{"model":"m","messages":[{"role":"system","content":"Be \"brief\"\n"},{"role":"user","content":"a\\b\u0001\t\r<é>\ufffd` + "\u2028" + `"}],"max_tokens":5,"stream":true,"stream_options":{"include_usage":true}}`},
		"completions": {BodyOptions{Endpoint: Completions, Model: `q"q`}, chat[:1],
			`{"model":"q\"q","prompt":"Be \"brief\"\n","stream":true,"stream_options":{"include_usage":true}}`},
		"completions of many": {BodyOptions{Endpoint: Completions}, []Message{{Content: "a"}, {Content: "b"}, {Content: "c"}},
			`{"prompt":"a\n\nb\n\nc","stream":true,"stream_options":{"include_usage":true}}`},
		"options": {BodyOptions{Temperature: &temperature, Seed: &seed, IgnoreEOS: true}, nil,
			`{"messages":[],"temperature":0.25,"seed":-7,"ignore_eos":true,"stream":true,"stream_options":{"include_usage":true}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(AppendBody([]byte("x"), tt.o, tt.messages))
			if got != "x"+tt.want {
				t.Errorf("got  %s\nwant x%s", got, tt.want)
			}
			if !json.Valid([]byte(got[1:])) {
				t.Error("not JSON")
			}
		})
	}
}

// FuzzAppendBody: what is put in is what encoding/json reads back.
func FuzzAppendBody(f *testing.F) {
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
		body := AppendBody(nil, o, []Message{{role, content}, {"", ""}})
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
