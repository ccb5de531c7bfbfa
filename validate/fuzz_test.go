package validate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/promptmill/promptmill/validate"
)

// FuzzJSONL: whatever the line, no panic, the same verdict from every door, places
// inside the line, output fit for a terminal; and a line that is valid decodes to
// exactly two strings.
func FuzzJSONL(f *testing.F) {
	for _, name := range []string{"bad.jsonl", "bad.txt"} {
		seed(f, filepath.Join("testdata", name))
	}
	seed(f, "../schemas/testdata/valid/strict.jsonl")
	seed(f, "../schemas/testdata/invalid/strict.jsonl")
	c := checker(f, validate.Options{Format: "jsonl", AllowEmptyExpected: true})
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.IndexByte(b, '\n') >= 0 {
			b = bytes.ReplaceAll(b, []byte("\n"), nil)
		}
		errs := checkReport(t, c, string(b)+"\n")
		if err := c.Line(b); (err == nil) != (errs == 0) {
			t.Fatalf("%q: %d errors as a file, but as a line: %v", b, errs, err)
		}
		if errs > 0 {
			return
		}
		var got map[string]*string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: valid, but %v", b, err)
		}
		p, e := got["prompt"], got["expected"]
		if len(got) != 2 || p == nil || e == nil || strings.TrimSpace(*p) == "" {
			t.Fatalf("%q: valid, but decodes to %v", b, got)
		}
	})
}

// FuzzText is the same for txt files.
func FuzzText(f *testing.F) {
	seed(f, "testdata/bad.txt")
	c := checker(f, validate.Options{Format: "txt"})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := string(b)
		if checkReport(t, c, s) > 0 {
			return
		}
		if !utf8.ValidString(s) || !strings.HasSuffix(s, "\n") || strings.ContainsAny(s, "\r\x00\x1b\x7f\u0085") {
			t.Fatalf("%q is no valid txt file", s)
		}
		for l := range strings.Lines(s) {
			if strings.TrimSpace(l) == "" {
				t.Fatalf("%q has a blank line", s)
			}
		}
	})
}

// FuzzLayouts feeds the layouts that have no fast path.
func FuzzLayouts(f *testing.F) {
	var checkers []*validate.Checker
	for i, name := range []string{"messages", "sharegpt", "vllm", "aiperf", "guidellm"} {
		checkers = append(checkers, checker(f, validate.Options{Schema: name}))
		for _, dir := range []string{"valid", "invalid"} {
			b, err := os.ReadFile(filepath.Join("..", "schemas", "testdata", dir, name+".jsonl"))
			if err != nil {
				f.Fatal(err)
			}
			for l := range bytes.Lines(b) {
				f.Add(uint8(i), l)
			}
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, b []byte) {
		checkReport(t, checkers[int(i)%len(checkers)], string(b))
	})
}

func checker(f *testing.F, o validate.Options) *validate.Checker {
	f.Helper()
	c, err := validate.New(o)
	if err != nil {
		f.Fatal(err)
	}
	return c
}

// seed adds the lines of a file.
func seed(f *testing.F, path string) {
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for l := range bytes.Lines(b) {
		f.Add(bytes.TrimSuffix(l, []byte("\n")))
	}
}

// checkReport checks content and what every report promises, and returns the number
// of errors.
func checkReport(t *testing.T, c *validate.Checker, content string) int64 {
	t.Helper()
	if strings.HasPrefix(content, "\x1f\x8b") || strings.HasPrefix(content, "\x28\xb5\x2f\xfd") {
		return 1 // compressed, which is another matter
	}
	lines := strings.Split(content, "\n")
	line, column := int64(0), 0
	var errs, warns int64
	sum, err := c.Check(t.Context(), strings.NewReader(content), "f\x1b", func(f validate.Finding) {
		if f.Line < line || f.Line == line && f.Column < column {
			t.Fatalf("%q: %v out of order", content, f)
		}
		line, column = f.Line, f.Column
		if n := utf8.RuneCountInString(lines[line-1]); column < 1 || column > n+1 {
			t.Fatalf("%q: %v is outside of the line", content, f)
		}
		for _, r := range f.String() + f.Excerpt + f.Fix {
			if r < ' ' || 0x7F <= r && r < 0xA0 || 0x2028 <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069 {
				t.Fatalf("%q: %+q holds %U", content, f.String(), r)
			}
		}
		if f.Severity == validate.Error {
			errs++
		} else {
			warns++
		}
	})
	if errors.Is(err, validate.ErrNotText) {
		return 1
	}
	if err != nil {
		t.Fatalf("%q: %v", content, err)
	}
	if errs > sum.Errors || warns > sum.Warnings || (errs > 0) != (sum.Errors > 0) || sum.BadLines > sum.Lines+1 {
		t.Fatalf("%q: told of %d errors, %d warnings, summed up as %+v", content, errs, warns, sum)
	}
	return sum.Errors
}
