package wire_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

func TestNextLink(t *testing.T) {
	tests := []struct{ in, want string }{
		{`<https://h/a?cursor=x>; rel="next"`, "https://h/a?cursor=x"},
		{`<https://h/a>; rel=next`, "https://h/a"},
		{`<p>; rel="prev", <n>; rel="next"`, "n"},
		{`<p>; title="a, b; rel=next"; rel="prev",<n>;REL="Next"`, "n"},
		{`<n>; rel="last next"`, "n"},
		{`<xet>; rel="xet-auth"`, ""},
		{`<n>; rel="nextish"`, ""},
		{``, ""}, {`<`, ""}, {`<n`, ""}, {`n; rel="next"`, ""}, {`<n>`, ""}, {`<n>; rel="next`, "n"},
	}
	for _, tt := range tests {
		if got := wire.NextLink([]string{tt.in}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := wire.NextLink([]string{`<a>; rel="xet-auth"`, `<b>; rel="next"`}); got != "b" {
		t.Errorf("two headers: %q", got)
	}
}

// A next page is something the header says in angle brackets, and adding other links does not hide it.
func FuzzNextLink(f *testing.F) {
	for _, s := range []string{`<a>; rel="next"`, `<a>; rel="prev", <b>; rel=next`, `<a>;x="`, `<<>>;rel=next,`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := wire.NextLink([]string{s})
		if got != "" && !strings.Contains(s, "<"+got+">") {
			t.Errorf("%q: %q is not in it", s, got)
		}
		if both := wire.NextLink([]string{`<x>; rel="prev"`, s}); both != got {
			t.Errorf("%q: %q after another header, %q alone", s, both, got)
		}
	})
}
