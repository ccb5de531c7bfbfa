package jsontext_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/jsontext"
)

// quoted is what Append writes, one character after the other.
func quoted(s string) string {
	var out strings.Builder
	out.WriteString(`"`)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			out.WriteString(`\ufffd`)
		case r == '"' || r == '\\':
			out.WriteString(`\` + string(r))
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteString(s[i : i+n])
		}
		i += n
	}
	return out.String() + `"`
}

// FuzzAppend_bytes: many characters at a time give the same bytes as one after the other.
func FuzzAppend_bytes(f *testing.F) {
	for _, s := range []string{"", "0123456789abcdef0123456789abcde\"", "日本語\u2028日本語日本語日本語日本語", "\x7f\u0080\u009f\u00a0\xc2", "\xed\xa0\x80\xf4\x90\x80\x80\xf0\x9f", "\b\f\x00/<>&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(jsontext.Append(nil, s)), quoted(s); got != want {
			t.Errorf("%q is written as %s, want %s", s, got, want)
		}
	})
}
