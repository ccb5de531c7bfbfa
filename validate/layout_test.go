package validate_test

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/promptmill/promptmill/validate"
)

func TestChecker_For(t *testing.T) {
	const chat = `{"expected":"x","messages":[{"role":"user","content":"prompt"}]}` + "\n"
	tests := []struct {
		name, file, in string
		opts           validate.Options
		want           string
	}{
		{name: "strict", in: `{"prompt":"a","expected":"b"}` + "\n", want: "strict"},
		{name: "messages", in: chat, want: "messages"},
		{name: "after blank lines and a mark", in: "\ufeff \r\n\n" + chat, want: "messages"},
		{name: "sharegpt", in: `{"id":{"turns":1},"conversations":[{"from":"human","value":"a"}]}`, want: "sharegpt"},
		{name: "aiperf", in: `{"turns":[{"text":"a"}]}`, want: "aiperf"},
		{name: "rerank", in: `{"query":"a","documents":["b"]}`, want: "rerank"},
		{name: "prompt wins", in: `{"messages":[],"prompt":"a"}`, want: "strict"},
		{name: "a value is no key", in: `{"id":"messages","x":["turns"]}`, want: "strict"},
		{name: "the second line does not count", in: "{\"prompt\":\"a\",\"expected\":\"b\"}\n" + chat, want: "strict"},
		{name: "no JSON", in: `{"messages"`, want: "messages"},
		{name: "an array", in: `["messages"]`, want: "strict"},
		{name: "a long line", in: `{"messages":[{"role":"user","content":"` + strings.Repeat("a", 1<<17) + `"}]}`, want: "messages"},
		{name: "keys too far away", in: `{"id":"` + strings.Repeat("a", 1<<17) + `","messages":[]}`, want: "strict"},
		{name: "empty", in: "", file: "p.jsonl", want: "strict"},
		{name: "a text file", in: chat, file: "p.txt", want: ""},
		{name: "asked for", in: chat, opts: validate.Options{Schema: "strict"}, want: "strict"},
		{name: "a schema of one's own", in: chat, opts: validate.Options{SchemaFile: []byte("{}")}, want: "custom"},
		{name: "text asked for", in: chat, opts: validate.Options{Format: "txt"}, want: ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := validate.New(tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			for how, r := range map[string]io.Reader{"whole": strings.NewReader(tt.in), "in bytes": iotest.OneByteReader(strings.NewReader(tt.in))} {
				in := bufio.NewReaderSize(r, 1<<16)
				of, err := c.For(tt.file, in)
				if err != nil {
					t.Fatal(err)
				}
				sum, err := of.Check(t.Context(), in, tt.file, func(validate.Finding) {})
				if err != nil || sum.Schema != tt.want {
					t.Errorf("%s: schema %q, want %q; error %v", how, sum.Schema, tt.want, err)
				}
			}
		})
	}
}

// FuzzChecker_For holds that looking at a file takes nothing from it and does not
// depend on how it arrives.
func FuzzChecker_For(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":"messages"}],"turns":`))
	f.Add([]byte("\n\n\ufeff{}"))
	c, err := validate.New(validate.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := bufio.NewReader(bytes.NewReader(data))
		parts := bufio.NewReader(iotest.OneByteReader(bytes.NewReader(data)))
		a, errA := c.For("p", whole)
		b, errB := c.For("p", parts)
		if errA != nil || errB != nil || (a == c) != (b == c) {
			t.Fatalf("%q: another layout when it arrives in bytes; errors %v, %v", data, errA, errB)
		}
		for _, r := range []io.Reader{whole, parts} {
			if rest, err := io.ReadAll(r); err != nil || !bytes.Equal(rest, data) {
				t.Errorf("%q: left is %q, error %v", data, rest, err)
			}
		}
	})
}
