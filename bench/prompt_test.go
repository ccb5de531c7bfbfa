package bench_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
)

func msg(pairs ...string) (m []openai.Message) {
	for i := 0; i < len(pairs); i += 2 {
		m = append(m, openai.Message{Role: pairs[i], Content: pairs[i+1]})
	}
	return m
}

func TestReadPrompts(t *testing.T) {
	tests := []struct {
		name string
		in   string
		o    bench.PromptOptions
		want []openai.Message
		exp  string
	}{
		{"txt", "a\\nb\n", bench.PromptOptions{Format: bench.Text}, msg("user", `a\nb`), ""},
		{"txt escaped", `a\nb\\n\r\u2028\x\u12\` + "\n", bench.PromptOptions{Format: bench.Text, Escaped: true}, msg("user", "a\nb\\n\r\u2028\\x\\u12\\"), ""},
		{"txt without final LF", "a", bench.PromptOptions{Format: bench.Text}, msg("user", "a"), ""},
		{"strict", `{"prompt":"p","expected":"e"}`, bench.PromptOptions{Format: bench.JSONL}, msg("user", "p"), "e"},
		{
			"messages", `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],"expected":"e"}`,
			bench.PromptOptions{Format: bench.JSONL}, msg("system", "s", "user", "u"), "e",
		},
		{
			"sharegpt", `{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"},{"from":"human","value":"c"},{"from":"gpt","value":"d"}]}`,
			bench.PromptOptions{Format: bench.JSONL}, msg("user", "a", "assistant", "b", "user", "c"), "d",
		},
		{"aiperf", `{"text":"p"}`, bench.PromptOptions{Format: bench.JSONL}, msg("user", "p"), ""},
		{"aiperf turns", `{"turns":[{"text":"p"},{"text":"q"}]}`, bench.PromptOptions{Format: bench.JSONL}, msg("user", "p"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bench.ReadPrompts(strings.NewReader(tt.in), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got[0].Messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if e := got[0].Expected; (e == nil) != (tt.exp == "") || (e != nil && *e != tt.exp) {
				t.Errorf("expected = %v, want %q", e, tt.exp)
			}
		})
	}
}

func TestReadPrompts_lines(t *testing.T) {
	got, err := bench.ReadPrompts(strings.NewReader("a\n\nb\na\n"), bench.PromptOptions{Format: bench.Text})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[1].Line != 3 || got[0].SHA256 != got[2].SHA256 || got[0].SHA256 == got[1].SHA256 {
		t.Errorf("got %+v, want lines 1, 3, 4 with the digests of a, b, a", got)
	}
}

// The digest is of what is sent: another expected answer does not make it another prompt.
func TestReadPrompts_digest(t *testing.T) {
	in := `{"prompt":"a","expected":"x"}` + "\n" + `{"prompt":"a","expected":"y"}` + "\n" +
		`{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]}` + "\n"
	got, err := bench.ReadPrompts(strings.NewReader(in), bench.PromptOptions{Format: bench.JSONL})
	if err != nil {
		t.Fatal(err)
	}
	const ofA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
	if got[0].SHA256 != ofA || got[1].SHA256 != ofA || got[2].SHA256 == ofA {
		t.Errorf("digests %s, %s, %s: want that of \"a\" twice, then another", got[0].SHA256, got[1].SHA256, got[2].SHA256)
	}
}

func TestReadPrompts_errors(t *testing.T) {
	if _, err := bench.ReadPrompts(strings.NewReader("\n \n"), bench.PromptOptions{Format: bench.Text}); !errors.Is(err, bench.ErrNoPrompts) {
		t.Errorf("blank file: got %v, want ErrNoPrompts", err)
	}
	_, err := bench.ReadPrompts(strings.NewReader("{\"prompt\":\"a\"}\n{\"question\":\"b\"}\n"), bench.PromptOptions{Format: bench.JSONL})
	if err == nil || !strings.HasPrefix(err.Error(), "line 2: no prompt") {
		t.Errorf("unknown layout: got %v, want line 2 named", err)
	}
}

func FuzzReadPrompts(f *testing.F) {
	f.Add([]byte("a\nb\n"), true)
	f.Add([]byte(`{"prompt":"p","expected":"e"}`), false)
	f.Add([]byte(`{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"max_tokens":3,"tools":[]}`), false)
	f.Add([]byte(`{"turns":[{"text":"a","image":"http://h/x","output_length":2}]}`), false)
	f.Add([]byte(`{"query":"a","documents":["b",{"text":"c"}]}`), false)
	f.Add([]byte(`{"conversations":[{"from":"gpt","value":"b"}]}`), false)
	f.Fuzz(func(t *testing.T, data []byte, txt bool) {
		o := bench.PromptOptions{Format: bench.JSONL}
		if txt {
			o = bench.PromptOptions{Format: bench.Text, Escaped: true}
		}
		prompts, err := bench.ReadPrompts(strings.NewReader(string(data)), o)
		if (err == nil) == (len(prompts) == 0) {
			t.Fatalf("%d prompts with error %v", len(prompts), err)
		}
		for _, p := range prompts {
			if len(p.Messages) == 0 {
				t.Fatalf("line %d has no message", p.Line)
			}
		}
	})
}
