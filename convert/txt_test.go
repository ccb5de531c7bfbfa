package convert

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/convert/mapping"
)

func userTurn(text string) *mapping.Prompt {
	return &mapping.Prompt{Messages: []mapping.Message{{Role: mapping.User, Content: text}}}
}

func TestNewline_line(t *testing.T) {
	for _, tt := range []struct {
		newline        Newline
		in, want, drop string
	}{
		{Space, "one line", "one line", ""},
		{Space, "a\nb\r\n\r\nc", "a b c", ""},
		{Space, "\na\n", "a", ""},
		{Space, "a\u2028b\u0085c\vd", "a b c d", ""},
		{Space, "tab\tstays", "tab\tstays", ""},
		{Space, "a\x1b[0m", "", dropControl},
		{Space, "\ufeffa", "", dropControl},
		{Space, "\x1c \n", "", dropBlank},
		{Space, "bad \xff\n", "bad \ufffd", ""},
		{Drop, "one line", "one line", ""},
		{Drop, "a\nb", "", dropLineBreak},
		{Escape, "a\nb\r\nc", `a\nb\r\nc`, ""},
		{Escape, `C:\new`, `C:\\new`, ""},
		{Escape, "\x00\u0085\u2028\ufeff", `\u0000\u0085\u2028\ufeff`, ""},
	} {
		got, drop := tt.newline.line([]byte("before"), userTurn(tt.in))
		if string(got) != "before"+tt.want || drop != tt.drop {
			t.Errorf("%s %q: got %q, dropped %q; want %q, dropped %q", tt.newline, tt.in, got[len("before"):], drop, tt.want, tt.drop)
		}
	}
}

// TestNewline_escapeIsReversible undoes what Escape does, for any text.
func TestNewline_escapeIsReversible(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune("\\\n\r\tnru0\u0085\u2028\ufeff\x00é")), 0, 40, -1))
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		line, drop := Escape.line(nil, userTurn(s))
		if drop != "" {
			t.Fatalf("%q is dropped: %s", s, drop)
		}
		checkTextLine(t, line)
		if got := unescape(t, string(line)); got != s {
			t.Fatalf("%q is written %q and reads back as %q", s, line, got)
		}
	})
}

// TestNewline_linesKeepTheContract: whatever the policy, a line is one line without control characters.
func TestNewline_linesKeepTheContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		for _, n := range newlines {
			if line, drop := n.line(nil, userTurn(s)); drop == "" {
				checkTextLine(t, line)
			} else if len(line) > 0 {
				t.Fatalf("%s: %q is dropped and leaves %q", n, s, line)
			}
		}
	})
}

func checkTextLine(t *rapid.T, line []byte) {
	if !utf8.Valid(line) || strings.ContainsFunc(string(line), func(r rune) bool { return classOf(r) != plain }) {
		t.Fatalf("line %q breaks the contract of txt", line)
	}
}

// unescape is the reader's side of Escape.
func unescape(t *rapid.T, s string) string {
	var b strings.Builder
	for len(s) > 0 {
		if s[0] != '\\' {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		n := 2
		switch s[1] {
		case '\\':
			b.WriteByte('\\')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 'u':
			n = 6
			b.WriteRune(hexRune(s[2:6]))
		default:
			t.Fatalf("unknown escape in %q", s)
		}
		s = s[n:]
	}
	return b.String()
}

func hexRune(s string) (r rune) {
	for _, c := range s {
		r = r<<4 | rune(strings.IndexRune("0123456789abcdef", c))
	}
	return r
}
