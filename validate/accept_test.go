package validate

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/schemas"
)

// TestAccept_strict holds which lines take the fast path.
func TestAccept_strict(t *testing.T) {
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
		holdAccepted(t, Options{}, line, want)
	}
	holdAccepted(t, Options{AllowEmptyExpected: true}, `{"prompt":"a","expected":""}`, true)
}

// holdAccepted fails unless the acceptor takes a line, or not, and the full check
// agrees with what it takes.
func holdAccepted(t *testing.T, o Options, line string, want bool) {
	t.Helper()
	o.Format = FormatJSONL
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	got, odd := c.shape.accept([]byte(line))
	if (got == len(line)) != want {
		t.Errorf("%s%s: accept(%q) = %d", o.Schema, o.SchemaFile, line, got)
	}
	if why := disagreement(c, []byte(line), got, odd); why != "" {
		t.Errorf("%s%s: %q: %s", o.Schema, o.SchemaFile, line, why)
	}
}

// disagreement says where the full check does not agree with what the acceptor found
// in text, which may be several lines.
func disagreement(c *Checker, text []byte, n int, odd bool) string {
	if end := lineLen(text); n >= 0 && n != end {
		return fmt.Sprintf("accepted %d bytes of a line of %d", n, end)
	}
	line := text[:lineLen(text)]
	var full, warned problems
	if c.judge(line, &full); n >= 0 && full.errors > 0 {
		return "accepted, but: " + full.list[0].message
	}
	if suspectJSON(line, &warned); warned.warnings > 0 && !odd {
		return "no oddity seen, but: " + warned.list[0].message
	}
	return ""
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

// TestAccept_layouts holds that the lines of every layout that convert writes, and
// those that are published with it, take the fast path.
func TestAccept_layouts(t *testing.T) {
	for _, name := range schemas.Names() {
		if !schemas.OfLine(name) {
			continue
		}
		for _, line := range examples(t, "valid", name) {
			doubted := strings.Contains(line, `\ud`)
			holdAccepted(t, Options{Schema: name}, line, !doubted)
		}
		for _, line := range examples(t, "invalid", name) {
			holdAccepted(t, Options{Schema: name}, line, false)
		}
	}
}

// examples returns the lines of an example file of a schema.
func examples(tb testing.TB, dir, name string) []string {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("..", "schemas", "testdata", dir, name+".jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// FuzzAccept: what the acceptor of any schema accepts, the full check accepts.
func FuzzAccept(f *testing.F) {
	var checkers []*Checker
	for i, o := range acceptOptions() {
		c, err := New(o)
		if err != nil {
			f.Fatal(err)
		}
		checkers = append(checkers, c)
		if o.Schema == "" {
			continue
		}
		for _, dir := range []string{"valid", "invalid"} {
			for _, line := range examples(f, dir, o.Schema) {
				f.Add(uint8(i), []byte(line))
			}
		}
	}
	b, err := os.ReadFile("testdata/bad.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		f.Add(uint8(0), bytes.TrimSuffix(line, []byte("\n")))
	}
	for i := range ownSchemas {
		for _, line := range ownLines {
			f.Add(uint8(len(checkers)-1-i), []byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, line []byte) {
		c := checkers[int(i)%len(checkers)]
		n, odd := c.shape.accept(line)
		if why := disagreement(c, line, n, odd); why != "" {
			t.Fatalf("schema %d: %q: %s", i, line, why)
		}
	})
}

// acceptOptions returns the schemas of this project, with and without empty answers,
// and those of ownSchemas.
func acceptOptions() (all []Options) {
	for _, allow := range []bool{false, true} {
		for _, name := range schemas.Names() {
			if schemas.OfLine(name) {
				all = append(all, Options{Schema: name, AllowEmptyExpected: allow})
			}
		}
	}
	for _, s := range ownSchemas {
		all = append(all, Options{SchemaFile: []byte(s)})
	}
	return all
}
