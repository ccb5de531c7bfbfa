package convert_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/mapping"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with testdata/golden/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; go test -update accepts):\n%s", path, diff)
	}
}

func fixture(name string) string { return filepath.Join("..", "testdata", "parquet", name) }

// TestRun_golden holds every format and layout, over fixtures that need every rule of writing.
func TestRun_golden(t *testing.T) {
	replace := clean.Options{Invalid: clean.InvalidReplace}
	for _, tt := range []struct {
		golden, fixture string
		o               convert.Options
	}{
		{"qa.jsonl", "qa.parquet", convert.Options{}},
		{"qa.txt", "qa.parquet", convert.Options{Format: convert.TXT}},
		{"qa.vllm.jsonl", "qa.parquet", convert.Options{Layout: convert.VLLM}},
		{"qa.guidellm.jsonl", "qa.parquet", convert.Options{Layout: convert.GuideLLM}},
		{"qa.aiperf.jsonl", "qa.parquet", convert.Options{Layout: convert.AIPerf}},
		{"chat.jsonl", "chat.parquet", convert.Options{}},
		{"chat.messages.jsonl", "chat.parquet", convert.Options{Layout: convert.Chat}},
		{"chat.sharegpt.jsonl", "chat.parquet", convert.Options{Layout: convert.ShareGPT}},
		{"chat.aiperf.jsonl", "chat.parquet", convert.Options{Layout: convert.AIPerf}},
		{"chat.escape.txt", "chat.parquet", convert.Options{Format: convert.TXT, Newline: convert.Escape}},
		{"chat.columns.jsonl", "chat.parquet", convert.Options{
			Mapping: mapping.Options{PromptColumn: "messages[0].content", ExpectedColumn: "messages[-1].content"}}},
		{"mcq.jsonl", "mcq.parquet", convert.Options{}},
		{"alpaca.jsonl", "alpaca.parquet", convert.Options{}},
		{"nulls.jsonl", "nulls.parquet", convert.Options{}},
		{"nulls.empty.jsonl", "nulls.parquet", convert.Options{AllowEmptyExpected: true}},
		{"unicode.jsonl", "unicode.parquet", convert.Options{Clean: replace}},
		{"unicode.txt", "unicode.parquet", convert.Options{Format: convert.TXT, Clean: replace}},
		{"text.space.txt", "text.parquet", convert.Options{Format: convert.TXT}},
		{"text.escape.txt", "text.parquet", convert.Options{Format: convert.TXT, Newline: convert.Escape}},
		{"text.drop.txt", "text.parquet", convert.Options{Format: convert.TXT, Newline: convert.Drop}},
		{"text.empty.jsonl", "text.parquet", convert.Options{AllowEmptyExpected: true}},
		{"multi_rowgroup.jsonl", "multi_rowgroup.parquet", convert.Options{}},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			out, _ := run(t, source(fixture(tt.fixture)), tt.o)
			golden(t, tt.golden, out)
		})
	}
}
