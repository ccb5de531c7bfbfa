package glob_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// selects reports whether the glob text, relative to dir, selects file.
func selects(dir, text, file string) (bool, error) {
	p, err := glob.Compile(dir, text)
	return err == nil && p.Match(file), err
}

func TestGlob(t *testing.T) {
	tests := []struct {
		glob  string
		yes   string // files that it selects, separated by blanks
		no    string
		inDir string
	}{
		{glob: "data/train-*", yes: "data/train-0.parquet data/train-", no: "data/train data/train-0/x data/x/train-0 train-0"},
		{glob: "*.parquet", yes: "a.parquet", no: "d/a.parquet .parquet"},
		{glob: "*", yes: "a", no: "d/a README.md config.json"},
		{glob: "**", yes: "a d/a d/e/a.b", no: ".a d/.a .d/a __d/a d/__d/a d/README.md"},
		{glob: "**/*.parquet", yes: "a.parquet d/a.parquet d/e/a.parquet", no: "a.csv"},
		{glob: "d/**", yes: "d/a d/e/a", no: "d a dd/a"},
		{glob: "**/train/**", yes: "train/a x/train/a x/train/y/a", no: "xtrain/a train"},
		{glob: "d/**/e/*", yes: "d/e/a d/x/e/a d/x/y/e/a", no: "d/a d/e/x/a"},
		{glob: "**/**/a", yes: "a d/a d/e/a"},
		{glob: ".hidden/*", yes: ".hidden/a", no: ".hidden/.a .other/a"},
		{glob: "__d/*", yes: "__d/a", no: "d/a"},
		{glob: "__a*", yes: "__a"},
		{glob: "a?c", yes: "abc aéc", no: "ac a/c"},
		{glob: "[a-c][!x]", yes: "aa cy", no: "ax dd a/"},
		{glob: "[]x]", yes: "] x", no: "["},
		{glob: "[-._ 0-9]", yes: "- . _ 7", no: "a ..", inDir: ""},
		{glob: "[[]", yes: "[", no: "]"},
		{glob: "[z-a]", no: "z - a m"},
		{glob: "[!z-a]", yes: "z m"},
		{glob: "[0-4-]", yes: "3 -", no: "5"},
		{glob: "[b-az]", yes: "z", no: "a b -"},
		{glob: "[a", yes: "[a", no: "a"},
		{glob: `[\d^&]`, yes: `\ d ^ &`, no: "1 5"},
		{glob: "a.(b)+$|", yes: "a.(b)+$|", no: "ab"},
		{glob: "*.parquet", inDir: "sub", yes: "sub/a.parquet", no: "a.parquet sub/x/a.parquet"},
		{glob: "../b/*", inDir: "a", no: "b/x a/x"},
		{glob: "./a", no: "a"},
		{glob: "/a", no: "a"},
		{glob: "a:*", no: "a:b"},
		{glob: "d/*/", yes: "d/a", no: "d/a/b"},
		{glob: "config.json", yes: "config.json", no: "d/config.json"},
		{glob: "**/a[!x]b", yes: "acb d/acb d/a/b", no: "axb"},
	}
	for _, tt := range tests {
		for want, files := range map[bool]string{true: tt.yes, false: tt.no} {
			for f := range strings.SplitSeq(files, " ") {
				if f == "" || tt.glob == "[-._ 0-9]" && f == "." {
					continue
				}
				if got, err := selects(tt.inDir, tt.glob, f); got != want || err != nil {
					t.Errorf("%s in %q, %s: %v, %v; want %v", tt.glob, tt.inDir, f, got, err, want)
				}
			}
		}
	}
	for _, text := range []string{"hf://datasets/a/b/x", "https://h/x", "zip://x::a.zip", "a//b", "a**", "**a/b", strings.Repeat("x", 5000)} {
		if _, err := glob.Compile("", text); err == nil {
			t.Errorf("%.40s: no error", text)
		}
	}
}
