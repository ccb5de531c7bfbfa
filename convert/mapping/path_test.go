package mapping_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/mapping"
)

func TestParsePath(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // want: "" for an error
		{"question", "question"},
		{"Correct Answer", "Correct Answer"},
		{"answers.text[0]", "answers.text[0]"},
		{"messages[-1].content", "messages[-1].content"},
		{"m[007]", "m[7]"},
		{`"a.b".c`, `"a.b".c`},
		{`"plain"`, "plain"},
		{`"say ""hi""".x`, `"say ""hi""".x`},
		{`""`, `""`},
		{"a[0][1]", "a[0][1]"},
		{"é.ü", "é.ü"},
		{"", ""},
		{".a", ""},
		{"a.", ""},
		{"a..b", ""},
		{"[0]", ""},
		{"a[", ""},
		{"a[]", ""},
		{"a[x]", ""},
		{"a[99999999999]", ""},
		{"a[0]b", ""},
		{`"a`, ""},
		{`a"b`, ""},
		{`"a"b`, ""},
	} {
		p, err := mapping.ParsePath(tt.in)
		if tt.want == "" {
			if err == nil {
				t.Errorf("ParsePath(%q) = %s, want an error", tt.in, p)
			}
			continue
		}
		if err != nil {
			t.Errorf("ParsePath(%q): %v", tt.in, err)
		} else if got := p.String(); got != tt.want {
			t.Errorf("ParsePath(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzParsePath: a path that can be read is written so that it reads the same.
func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"question", "answers.text[0]", "messages[-1].content", `"a.b"."c""d"[3]`, "a[", `"`, "a..b", "\xff.x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := mapping.ParsePath(s)
		if err != nil {
			return
		}
		written := p.String()
		q, err := mapping.ParsePath(written)
		if err != nil {
			t.Fatalf("%q is written %q, which does not parse: %v", s, written, err)
		}
		if q.String() != written || q.Column() != p.Column() {
			t.Fatalf("%q is written %q, which reads as %q", s, written, q)
		}
	})
}
