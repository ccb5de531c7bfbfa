package glob_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// allows reports whether one of the patterns matches the path.
func allows(patterns []string, path string) (bool, error) {
	match, err := glob.Any(patterns)
	return err == nil && match(path), err
}

// The patterns of huggingface_hub: fnmatch, in which * crosses slashes.
func TestAny(t *testing.T) {
	tests := []struct{ pattern, yes, no string }{
		{"*.parquet", "a.parquet d/e/a.parquet .h/a.parquet", "a.parquet.gz"},
		{"data/", "data/a data/b/c", "data x/data/a"},
		{"data", "data", "data/a"},
		{`data\*.csv`, "data/a.csv data/b/c.csv", "a.csv"},
		{"a?c", "abc a/c aéc", "ac"},
		{"[!x]*", "a /x", "x xa"},
		{"[a-c][]]", "b]", "b d]"},
		{"**", "a d/e", ""},
		{"README.md", "README.md", "d/README.md readme.md"},
		{"[", "[", "a"},
		{"[z-a]", "", "z - a m"},
		{"a.(b)+$", "a.(b)+$", "ab"},
	}
	for _, tt := range tests {
		for want, paths := range map[bool]string{true: tt.yes, false: tt.no} {
			for path := range strings.FieldsSeq(paths) {
				if got, err := allows([]string{"nothing", tt.pattern}, path); got != want || err != nil {
					t.Errorf("%s, %s: %v, %v; want %v", tt.pattern, path, got, err, want)
				}
			}
		}
	}
}

// Any text is a pattern, and one without wildcards selects itself.
func FuzzAny(f *testing.F) {
	for _, p := range []string{"*.parquet", "[a-z]?", "[!", "[]-a]", `a\b`, "[^-&&|~]", "[a-\u00ff-]", "d/"} {
		f.Add(p, "d/a.parquet")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		got, err := allows([]string{pattern}, path)
		if !utf8.ValidString(pattern) || !utf8.ValidString(path) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		if !strings.ContainsAny(pattern, `*?[\`) && !strings.HasSuffix(pattern, "/") && got != (strings.ReplaceAll(path, `\`, "/") == pattern) {
			t.Errorf("%q, %q: %v", pattern, path, got)
		}
	})
}
