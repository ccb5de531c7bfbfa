package clean_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/promptmill/promptmill/convert/clean"
	"golang.org/x/text/unicode/norm"
)

func TestCleaner_String(t *testing.T) {
	tests := []struct {
		name string
		opts clean.Options
		in   string
		want string
		hits string // the steps that changed the value
	}{
		{name: "empty", in: "", want: ""},
		{name: "plain", in: "What is 2 + 2?", want: "What is 2 + 2?"},
		{name: "tabs and line feeds inside", in: "a\tb\n\nc", want: "a\tb\n\nc"},
		{name: "code with <>&\"'", in: "if a < b && c > d { x = \"é\" }", want: "if a < b && c > d { x = \"é\" }"},

		{name: "BOM at the start", in: "\uFEFFHi", want: "Hi", hits: "byte order marks"},
		{name: "U+FEFF inside", in: "a\uFEFFb", want: "ab", hits: "byte order marks"},
		{name: "BOM kept", opts: clean.Options{KeepBOM: true}, in: "\uFEFFHi", want: "\uFEFFHi"},

		{name: "chart emoji", in: "ðŸ“Š results", want: "📊 results", hits: "mojibake"},
		{name: "check mark", in: "done âœ…", want: "done ✅", hits: "mojibake"},
		{name: "dash", in: "1â€“2", want: "1–2", hits: "mojibake"},
		{name: "apostrophe", in: "Itâ€™s", want: "It’s", hits: "mojibake"},
		{name: "arrow", in: "a â†’ b", want: "a → b", hits: "mojibake"},
		{name: "Latin-1", in: "It\u00e2\u0080\u0099s", want: "It’s", hits: "mojibake"},
		{name: "mixed with Latin-1", in: "â€œxâ€\u009d", want: "“x”", hits: "mojibake"},
		{name: "decoded wrongly twice", in: "ItÃ¢â‚¬â„¢s", want: "ItÃ¢€™s", hits: "mojibake"},
		{name: "BOM as mojibake", in: "ï»¿Hi", want: "Hi", hits: "byte order marks,mojibake"},
		{name: "zero-width space as mojibake", in: "aâ€‹b", want: "ab", hits: "mojibake,zero-width characters"},
		{name: "variation selector", in: "â\u0098\u0080ï¸\u008f", want: "☀️", hits: "mojibake"},
		{name: "completed by a removal", in: "Itâ\u200b€™s", want: "It’s", hits: "mojibake,zero-width characters"},
		{name: "completed by normalization", in: "Ita\u0302€™s", want: "It’s", hits: "mojibake,NFC"},
		{name: "completed by a repair", in: "xââ€š¬5", want: "x€5", hits: "mojibake"},
		{name: "mojibake off", opts: clean.Options{Mojibake: clean.MojibakeOff}, in: "Itâ€™s", want: "Itâ€™s"},
		{name: "naïve", in: "naïve Â£5", want: "naïve Â£5"},
		{name: "É…", in: "CAFÉ… non", want: "CAFÉ… non"},
		{name: "Ä and a no-break space", in: "Ä\u00a0x", want: "Ä\u00a0x"},
		{name: "É®", in: "MARQUÉ® x", want: "MARQUÉ® x"},
		{name: "two-byte mojibake", in: "cafÃ© x", want: "cafÃ© x"},
		{name: "three-byte letter", in: "à¤¨x", want: "à¤¨x"},

		{name: "CR LF and CR", in: "a\r\nb\rc\n\rd", want: "a\nb\nc\n\nd", hits: "newlines"},
		{name: "newlines kept", opts: clean.Options{KeepNewlines: true}, in: "a\r\nb", want: "a\r\nb"},
		{name: "line separators stay", in: "a\u2028b\u2029c\u0085d", want: "a\u2028b\u2029c\u0085d"},
		{name: "line separators", opts: clean.Options{Lines: true}, in: "a\u2028b\u2029c\u0085d", want: "a\nb\nc\nd", hits: "line separators"},
		{name: "line separator as mojibake", opts: clean.Options{Lines: true}, in: "aâ€¨b", want: "a\nb", hits: "mojibake,line separators"},

		{name: "colours", in: "\x1b[1;31mred\x1b[0m", want: "red", hits: "control characters"},
		{name: "link", in: "\x1b]8;;http://x\x1b\\text\x1b]8;;\a.", want: "text.", hits: "control characters"},
		{name: "unfinished title", in: "\x1b]0;a\x1b[Kb", want: "]0;ab", hits: "control characters"},
		{name: "charset", in: "\x1b(Bx\x1b(", want: "x(", hits: "control characters"},
		{name: "escape at the end", in: "a\x1b", want: "a", hits: "control characters"},
		{name: "unfinished escape", in: "a\x1b[12", want: "a[12", hits: "control characters"},
		{name: "nested escapes", in: "\x1b[\x1b[31m31m", want: "[31m", hits: "control characters"},
		{name: "C0 and DEL", in: "a\x00b\x07c\x7fd", want: "abcd", hits: "control characters"},
		{name: "C1", in: "a\u0080b\u009fc", want: "abc", hits: "control characters"},
		{name: "annotation", in: "a\ufff9b\ufffbc", want: "abc", hits: "control characters"},
		{name: "noncharacters", in: "a\ufffeb\U0001ffffc\ufdd0d", want: "abcd", hits: "control characters"},
		{name: "replacement character stays", in: "a\ufffdb", want: "a\ufffdb"},
		{name: "controls kept", opts: clean.Options{KeepControls: true}, in: "a\x1b[0m\x00\u0080", want: "a\x1b[0m\x00\u0080"},

		{name: "NFC", in: "e\u0301te\u0301", want: "été", hits: "NFC"},
		{name: "never NFKC", in: "x² ﬁ Ａ ①", want: "x² ﬁ Ａ ①"},
		{name: "ideographs", in: "中文提示，好的。", want: "中文提示，好的。"},
		{name: "CJK compatibility ideograph", in: "中\uF900", want: "中豈", hits: "NFC"},
		{name: "after a removal", in: "e\u200b\u0301", want: "é", hits: "NFC,zero-width characters"},
		{name: "form kept", opts: clean.Options{KeepForm: true}, in: "e\u0301", want: "e\u0301"},

		{name: "zero width", in: "a\u200bb\u2060c", want: "abc", hits: "zero-width characters"},
		{name: "joiners stay", in: "👩\u200d💻 می\u200cخواهم", want: "👩\u200d💻 می\u200cخواهم"},
		{name: "direction marks stay", in: "a\u200e\u200fb", want: "a\u200e\u200fb"},
		{name: "zero width kept", opts: clean.Options{KeepZeroWidth: true}, in: "a\u200bb", want: "a\u200bb"},

		{name: "bidi controls", in: "a\u202eb\u2066c", want: "a\u202eb\u2066c", hits: "bidi controls seen"},

		{name: "outer white space", in: " \n\ta b\u3000\n", want: "a b", hits: "outer white space"},
		{name: "outer white space kept", opts: clean.Options{KeepOuterSpace: true}, in: " a\n", want: " a\n"},
		{name: "only white space", in: " \n\u00a0", want: "", hits: "outer white space"},

		{name: "indented less later", in: "    x\n  y", want: "x\n  y", hits: "outer white space"},
		{name: "indented otherwise later", in: "    x\n\t\ty", want: "x\n\t\ty", hits: "outer white space"},
		{name: "blank lines are no code", in: "  x\n    \ny", want: "x\n    \ny", hits: "outer white space"},
		{name: "one line", in: "    return 1", want: "return 1", hits: "outer white space"},
		{name: "paragraphs of Chinese", in: "\u3000中\n\u3000文", want: "中\n\u3000文", hits: "outer white space"},

		{name: "replaced", opts: clean.Options{Invalid: clean.InvalidReplace}, in: "a\xff\xfeb\xed\xa0\x80", want: "a\ufffdb\ufffd", hits: "invalid UTF-8"},
		{
			name: "everything at once",
			in:   "\uFEFF Itâ€™s\r\n\x1b[1mcafe\u0301\x1b[0m\u200b ",
			want: "It’s\ncafé",
			hits: "byte order marks,mojibake,newlines,control characters,NFC,zero-width characters,outer white space",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clean.New(tt.opts)
			got, err := c.String(tt.in)
			if err != nil || got != tt.want {
				t.Fatalf("String(%+q) = %+q, %v; want %+q", tt.in, got, err, tt.want)
			}
			if diff := cmp.Diff(tt.hits, hits(c)); diff != "" {
				t.Errorf("steps counted (-want +got):\n%s", diff)
			}
			checkLaws(t, tt.opts, tt.in)
		})
	}
}

// hits returns the names of the steps that have counted something.
func hits(c *clean.Cleaner) string {
	var names []string
	for _, n := range c.Counts() {
		if n.Values > 0 {
			names = append(names, n.Step)
		}
	}
	return strings.Join(names, ",")
}

// checkLaws checks what holds for every text and profile.
func checkLaws(t interface {
	Helper()
	Fatalf(string, ...any)
}, o clean.Options, in string,
) {
	t.Helper()
	c := clean.New(o)
	once, err := c.String(in)
	if err != nil {
		if utf8.ValidString(in) {
			t.Fatalf("String(%+q): %v, though it is valid", in, err)
		}
		return
	}
	if !utf8.ValidString(once) {
		t.Fatalf("String(%+q) = %+q is not valid UTF-8", in, once)
	}
	if !o.KeepForm && !norm.NFC.IsNormalString(once) {
		t.Fatalf("String(%+q) = %+q is not NFC", in, once)
	}
	changed := hits(c)
	if (in != once) != (changed != "" && changed != "bidi controls seen") {
		t.Fatalf("String(%+q) = %+q, but counted %q", in, once, changed)
	}
	again := clean.New(o)
	twice, err := again.String(once)
	if err != nil || twice != once {
		t.Fatalf("not idempotent under %+v:\n in    %+q\n once  %+q\n twice %+q, %v", o, in, once, twice, err)
	}
}

func TestCleaner_invalid(t *testing.T) {
	_, err := clean.New(clean.Options{}).String("né\xe9 ok")
	bad, ok := errors.AsType[*clean.UTF8Error](err)
	if !ok || !errors.Is(err, clean.ErrInvalidUTF8) {
		t.Fatalf("error is %v, want an invalid UTF-8 error", err)
	}
	if diff := cmp.Diff(&clean.UTF8Error{Offset: 3, Byte: 0xE9}, bad); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := err.Error(), "invalid UTF-8: byte 0xe9 at offset 3"; got != want {
		t.Errorf("error text %q, want %q", got, want)
	}

	c := clean.New(clean.Options{Invalid: clean.InvalidDrop})
	if s, err := c.String("x\xff"); s != "" || !errors.Is(err, clean.ErrDrop) {
		t.Errorf("dropped value gives %q, %v", s, err)
	}
	if got := hits(c); got != "invalid UTF-8" {
		t.Errorf("dropped value counted as %q", got)
	}
	// A replacement character that the text really has is no fault, and is not where the fault is.
	_, err = clean.New(clean.Options{}).String("\ufffd\xff")
	if bad, ok := errors.AsType[*clean.UTF8Error](err); !ok || bad.Offset != 3 {
		t.Errorf("fault after U+FFFD: %v", err)
	}
}
