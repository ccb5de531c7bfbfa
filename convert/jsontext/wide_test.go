package jsontext_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/jsontext"
)

// checkKernels holds what looks at 32 bytes together against what looks at eight, wherever in memory the text lies.
func checkKernels(t *testing.T, s string) {
	t.Helper()
	for i := range min(len(s), 36) + 1 {
		s := s[i:]
		fast, slow := jsontext.Scan([]byte(s)), jsontext.ScanSlow([]byte(s))
		if fast.Len != slow.Len || fast.Escaped != slow.Escaped || slow.High && !fast.High {
			t.Fatalf("Scan(%q) = %+v, but eight bytes at a time %+v", s, fast, slow)
		}
		if want := inside(s); slow.Len != want {
			t.Fatalf("Scan(%q) = %+v, want %d bytes", s, slow, want)
		}
		if !utf8.ValidString(s) {
			continue
		}
		a, ascii := jsontext.AppendFast(nil, s)
		b, alsoASCII := jsontext.AppendSlow(nil, s)
		if string(a) != string(b) || ascii && !alsoASCII {
			t.Fatalf("%q is written as %q, but eight bytes at a time as %q", s, a, b)
		}
	}
}

// inside is what Scan must find, one byte after the other.
func inside(s string) int {
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case rest[0] == '\\':
			if len(rest) < 2 || !strings.ContainsRune(`"\/bfnrt`, rune(rest[1])) {
				return i
			}
			i++
		case rest[0] < ' ', rest[0] == '"':
			return i
		}
		for _, end := range []string{"\u0085", "\u2028", "\u2029"} {
			if strings.HasPrefix(rest, end) {
				return i
			}
		}
	}
	return len(s)
}

func TestKernels(t *testing.T) {
	marks := []string{`\n`, `\\`, `\"`, `\u0041`, `\x`, "\u0085", "\u0084", "\u00a0", "\u2027", "\u2028", "\u2029", "é", "\xc2", "\xe2\x80"}
	for b := range 256 {
		marks = append(marks, string([]byte{byte(b)}))
	}
	for _, m := range marks {
		for at := range 70 {
			checkKernels(t, strings.Repeat("x", at)+m+strings.Repeat("y", 70-at))
			checkKernels(t, strings.Repeat("x", at)+m)
		}
	}
}

func FuzzKernels(f *testing.F) {
	f.Add("text\nof \"several\" kinds, é \u0085 \u2028 中文 \x7f\x00, and of more than sixty-four bytes in all")
	f.Add(`inside \n a \"string\" with \u0041 an escape by number, which is where it ends, and more`)
	f.Fuzz(checkKernels)
}
