package convert_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/mapping"
)

// TestManifest_golden holds the shape of the manifest, for a dataset of the Hub and for a local file.
func TestManifest_golden(t *testing.T) {
	type row struct {
		Q string `parquet:"q"`
		A string `parquet:"a"`
	}
	one := write(t, []row{{"one\u200b?", "#### 1"}, {" two? ", "#### 2"}, {"", "#### 3"}})
	two := write(t, []row{{"three?", "none"}, {"fo\u0000ur?", "<#### 4>"}, {"bad \xff", "#### 5"}, {"never read", ""}})

	src := convert.Source{
		Repo: "promptmill/arithmetic", Commit: strings.Repeat("0123456789", 4), Config: "main", Split: "test",
		Files: []convert.SourceFile{
			{Path: one, Name: "main/test-00000-of-00003.parquet", SHA256: strings.Repeat("a", 64)},
			{Path: two, Name: "main/test-00001-of-00003.parquet", SHA256: strings.Repeat("b", 64)},
			{Path: "/does/not/exist", Name: "main/test-00002-of-00003.parquet", SHA256: strings.Repeat("c", 64)},
		},
	}
	o := convert.Options{
		Mapping: mapping.Options{PromptColumn: "q", ExpectedColumn: "a"},
		Clean:   clean.Options{Invalid: clean.InvalidDrop, KeepForm: true},
		Limit:   3, ExpectedExtract: regexp.MustCompile(`#### (\d+)`), Version: "v1.2.3", Seed: 7,
	}
	checkManifest(t, "hub.manifest.json", src, o)

	local := convert.Source{Files: []convert.SourceFile{{Path: one, Name: "one.parquet", SHA256: strings.Repeat("a", 64)}}}
	checkManifest(t, "local.manifest.json", local, convert.Options{
		Mapping: mapping.Options{PromptColumn: "q"}, Format: convert.TXT, Newline: convert.Escape})
}

func checkManifest(t *testing.T, name string, src convert.Source, o convert.Options) {
	t.Helper()
	_, report := run(t, src, o)
	first, err := report.Manifest.Encode()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, name, first)
	_, report = run(t, src, o)
	again, err := report.Manifest.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Errorf("a second run gives another manifest:\n%s", again)
	}
}
