package validate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// judged is the verdict of the full check alone.
func judged(t *testing.T, line []byte, allowEmpty bool) bool {
	t.Helper()
	c, err := New(Options{Format: FormatJSONL, AllowEmptyExpected: allowEmpty})
	if err != nil {
		t.Fatal(err)
	}
	var p problems
	c.judge(line, &p)
	return p.errors == 0
}

// TestAcceptStrict holds which lines take the fast path.
func TestAcceptStrict(t *testing.T) {
	for line, want := range map[string]bool{
		`{"prompt":"a","expected":"b"}`:                            true,
		"\t{ \"expected\" :\"b\"\t, \"prompt\": \"a\" } ":          true,
		`{"prompt":"\"\\\/\b\f\n\r\t\u00e9","expected":"中 📊"}`:     true,
		`{"prompt":"\n \t\u3000x","expected":" "}`:                 true,
		`{"prompt":"12345678` + "\x7f" + `","expected":"b"}`:       true,
		`{"prompt":"\u0061","expected":"b"}`:                       false, // may be white space
		`{"prompt":"a\ud83d\udcca","expected":"b"}`:                false,
		`{"prompt":"a","expected":""}`:                             false,
		`{"prompt":" \n\f\u3000","expected":"b"}`:                  false,
		`{"prompt":"a","prompt":"b"}`:                              false,
		`{"prompt":"a","expected":"b","expected":"c"}`:             false,
		`{"prompt":"a","expected":"b","x":1}`:                      false,
		`{"prompt":"a"}`:                                           false,
		`{"prompt":"a","expected":5}`:                              false,
		`{"prompt":"a","expected":"b"} x`:                          false,
		`{"prompt":"a","expected":"b"}` + "\r":                     false,
		"{\"prompt\":\"1234567\x01\",\"expected\":\"b\"}":          false,
		"{\"prompt\":\"a\xff\",\"expected\":\"b\"}":                false,
		"{\"prompt\":\"a\u2028\",\"expected\":\"b\"}":              false,
		"{\"prompt\":\"a\u2029\",\"expected\":\"b\"}":              false,
		"{\"prompt\":\"a\u0085\",\"expected\":\"b\"}":              false,
		`{"prompt":"a\x","expected":"b"}`:                          false,
		`{"prompt":"a\u12g4","expected":"b"}`:                      false,
		`{"prompt":"a\`:                                            false,
		`{"prompt":"a\u12`:                                         false,
		`{"prompt":"a`:                                             false,
		`{"prompt":`:                                               false,
		``:                                                         false,
		"\ufeff" + `{"prompt":"a","expected":"b"}`:                 false,
		`{"prompt":"` + strings.Repeat("x", 31) + `","expected":1`: false,
	} {
		if got := acceptStrict([]byte(line), false); got != want {
			t.Errorf("acceptStrict(%q) = %v", line, got)
		}
		if want && !judged(t, []byte(line), false) {
			t.Errorf("the full check refuses %q", line)
		}
	}
	if !acceptStrict([]byte(`{"prompt":"a","expected":""}`), true) {
		t.Error("an empty expected answer is refused although allowed")
	}
}

// TestPlainLen puts every byte at every place around the width of a word.
func TestPlainLen(t *testing.T) {
	for b := range 256 {
		for at := range 20 {
			s := []byte("abcdefghijklmnopqrst")
			s[at] = byte(b)
			want := len(s)
			if b < ' ' || b == '"' || b == '\\' || b >= 0x80 {
				want = at
			}
			if got := plainLen(s); got != want {
				t.Errorf("plainLen(%q) = %d, want %d", s, got, want)
			}
		}
	}
}

// FuzzAcceptStrict: what the acceptor accepts, the full check accepts.
func FuzzAcceptStrict(f *testing.F) {
	for _, name := range []string{"testdata/bad.jsonl", "../schemas/testdata/valid/strict.jsonl", "../schemas/testdata/invalid/strict.jsonl"} {
		b, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			f.Fatal(err)
		}
		for l := range strings.Lines(string(b)) {
			f.Add([]byte(strings.TrimSuffix(l, "\n")), true)
		}
	}
	f.Add([]byte(`{"expected": "\u00e9" , "prompt":"\n\u3000`+"\u3000é中📊\\\""+`"}`), false)
	checkers := map[bool]*Checker{}
	for _, allow := range []bool{false, true} {
		c, err := New(Options{Format: FormatJSONL, AllowEmptyExpected: allow})
		if err != nil {
			f.Fatal(err)
		}
		checkers[allow] = c
	}
	f.Fuzz(func(t *testing.T, line []byte, allowEmpty bool) {
		if !acceptStrict(line, allowEmpty) {
			return
		}
		var p problems
		if checkers[allowEmpty].judge(line, &p); p.errors > 0 {
			t.Fatalf("accepted %q, but: %v", line, p.list)
		}
	})
}

func BenchmarkStrict(b *testing.B) {
	long := []byte(`{"prompt":"` + strings.Repeat("Natalia sold clips to 48 of her friends.\\n", 25) + `","expected":"` + strings.Repeat("She sold 48/2 = 24 clips. ", 20) + `"}`)
	c, err := New(Options{Format: FormatJSONL})
	if err != nil {
		b.Fatal(err)
	}
	for name, check := range map[string]func(){
		"accept": func() { c.accept(long) },
		"judge":  func() { c.judge(long, &problems{}) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(long)))
			b.ReportAllocs()
			for b.Loop() {
				check()
			}
		})
	}
}
