package jsontext_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/jsontext"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", `""`},
		{"plain ascii, longer than a word", `"plain ascii, longer than a word"`},
		{`say "hi" \o/`, `"say \"hi\" \\o/"`},
		{"a\nb\r\n\tc", `"a\nb\r\n\tc"`},
		{"\x00\x01\x1f\x7f", `"\u0000\u0001\u001f\u007f"`},
		{"a\u0085b\u2028c\u2029d", `"a\u0085b\u2028c\u2029d"`},
		{"\u0080\u009f\u00a0", "\"\\u0080\\u009f\u00a0\""},
		{"<a href='x'>&</a>", `"<a href='x'>&</a>"`},
		{"naïve 日本語 🎉", `"naïve 日本語 🎉"`},
		{"\ufffd", "\"\ufffd\""},
		{"bad \xff\xc3 end", `"bad \ufffd\ufffd end"`},
		{"\xed\xa0\x80", `"\ufffd\ufffd\ufffd"`}, // a surrogate
	} {
		if got := string(jsontext.Append(nil, tt.in)); got != tt.want {
			t.Errorf("jsontext.Append(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// TestAppend_everyPlace puts every byte, and the characters that are escaped, at every place of the words that are looked
// at together.
func TestAppend_everyPlace(t *testing.T) {
	marks := []string{"\u0085", "\u009f", "\u00a0", "\u2027", "\u2028", "\u2029", "\u202a", "\u4e2d", "\U0001f389", "\\\"", "\n\n"}
	for b := range 256 {
		marks = append(marks, string([]byte{byte(b)}))
	}
	for _, m := range marks {
		for at := range 70 {
			s := strings.Repeat("x", at) + m + strings.Repeat("y", 70-at)
			checkString(t, s)
			checkString(t, s[:at+len(m)])
			checkString(t, s+m+m)
		}
	}
}

// TestAppend_room writes text that grows beyond what it was given room for.
func TestAppend_room(t *testing.T) {
	for n := range 200 {
		checkString(t, strings.Repeat("a", n)+strings.Repeat("\n", n)+strings.Repeat("\x00é", n))
	}
}

// FuzzAppend: encoding/json reads back what was written, and readers of lines see one line.
func FuzzAppend(f *testing.F) {
	for _, s := range []string{"", "plain", `"\/`, "\x00\x1f\x7f\u0085\u2028", "日本語 🎉", "\xff\xfe", "abcdefg\xc3", "12345678\n"} {
		f.Add(s)
	}
	f.Fuzz(checkString)
}

func checkString(t *testing.T, s string) {
	t.Helper()
	line := jsontext.Append([]byte("{"), s)[1:]
	if in := jsontext.Scan(line[1:]); utf8.ValidString(s) && !strings.Contains(string(line), `\u`) && in.Len != len(line)-2 {
		t.Fatalf("of %q, %d bytes are said to be inside the string, want all but the quotes", line, in.Len)
	}
	if !utf8.Valid(line) {
		t.Fatalf("%q is written as invalid UTF-8: %q", s, line)
	}
	if i := strings.IndexFunc(string(line), func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }); i >= 0 {
		t.Fatalf("%q is written with a control character or line break at %d: %q", s, i, line)
	}
	var got string
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatalf("%q is written as %s: %v", s, line, err)
	}
	if want := string([]rune(s)); got != want {
		t.Fatalf("%q reads back as %q", s, got)
	}
}

func BenchmarkAppend(b *testing.B) {
	ascii := strings.Repeat("What is 6 times 7? Show your work, then answer.\n", 16)
	for _, bb := range []struct{ name, s string }{
		{"ascii", ascii},
		{"latin", strings.Repeat("Où est la bibliothèque ? Près de l’hôtel.\n", 16)},
		{"han", strings.Repeat("图书馆在哪里？就在酒店旁边。", 16)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.s)))
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst = jsontext.Append(dst[:0], bb.s)
			}
		})
	}
}
