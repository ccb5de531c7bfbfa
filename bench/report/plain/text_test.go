package plain_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/promptmill/promptmill/bench/report/plain"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"plain ~ text":             "plain ~ text",
		"größe 模型 😀":               "größe 模型 😀",
		"a\nb\r\tc":                `a\nb\r\tc`,
		"\x1b[31m\x07\x7f":         `\x1b[31m\x07\x7f`,
		"\u009b31m":                `\u009b31m`,
		"\u202egnp.exe\u2066":      `\u202egnp.exe\u2066`,
		"\u200b\u2028\ufeff":       `\u200b\u2028\ufeff`,
		"a\u00a0b\u3000c":          "a b c",
		"\xff\xfea":                `\xff\xfea`,
		"\U000e0041\ue000":         `\U000e0041\ue000`,
		"\ufffd is itself printed": "\ufffd is itself printed",
	} {
		if got := plain.Text(in); got != want {
			t.Errorf("plain.Text(%q) = %q, want %q", in, got, want)
		}
	}
}

// Text leaves nothing that a terminal or a browser would act on, and leaves what it made alone.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[31mred\x07", "\xff", "\u202enpg\u2066", "a\r\nb\u2028", "模型", "a\u0301", "\U000e0041"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := plain.Text(s)
		if !utf8.ValidString(got) {
			t.Fatalf("plain.Text(%q) = %q is not UTF-8", s, got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("plain.Text(%q) = %q has an unprintable at %d", s, got, i)
		}
		if again := plain.Text(got); again != got {
			t.Fatalf("Text changed %q, its own output, to %q", got, again)
		}
	})
}
