package openai_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/openai"
)

// FuzzMessage_json: a message that was read is written with the meaning it had, and is read from that as the same.
func FuzzMessage_json(f *testing.F) {
	for _, s := range []string{
		`{"role":"user","content":"a"}`, `{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"http://h/x"}}]}`,
		`{"role":"assistant","content":null,"tool_calls":[{}]}`, `{"content":"\ud800","role":"\u0000","name":"n"}`, `{}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again openai.Message
		if json.Unmarshal(data, &m) != nil {
			return
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if m.Role != again.Role || m.Content != again.Content || !slices.Equal(m.Parts, again.Parts) {
			t.Fatalf("%s is %+v, then %+v", data, m, again)
		}
		if m.Raw == nil {
			return
		}
		var want, got any
		_, _ = json.Unmarshal(data, &want), json.Unmarshal(written, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n%s", data, diff)
		}
	})
}

// FuzzMembers: the members of an object are those that encoding/json finds in it, and none is there twice.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":[{}]}`, `{ }`, `{"a":1,"a":2}`, `{"\u0061":"\ud800"}`, `{"a":1} x`, `[]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := openai.ParseMembers(data)
		if err != nil {
			return
		}
		var want map[string]any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		got := map[string]any{}
		for _, m := range members {
			var v any
			if err := json.Unmarshal(m.Value, &v); err != nil {
				t.Fatal(err)
			}
			got[m.Name] = v
		}
		if diff := cmp.Diff(want, got); diff != "" || len(members) != len(want) {
			t.Fatalf("%s (-encoding/json +members)\n%s", data, diff)
		}
	})
}

// FuzzMix: whatever is read as a mix, every request gets one of its models, always the same.
func FuzzMix(f *testing.F) {
	f.Add("a=0.7,b=0.3", int64(1))
	f.Add("m", int64(-1))
	f.Add("a=1e-30,b=1e30", int64(0))
	f.Fuzz(func(t *testing.T, s string, seed int64) {
		m, err := openai.ParseMix(s, seed)
		if err != nil {
			return
		}
		for i := range int64(20) {
			model := m.Pick(i)
			if model == "" || !slices.Contains(m.Models(), model) || m.Pick(i) != model {
				t.Fatalf("%q: request %d is for %q of %q", s, i, model, m.Models())
			}
		}
	})
}
