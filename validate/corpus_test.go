package validate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/validate"
)

// corpus returns the path of a file of real data, or skips the test.
func corpus(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("PROMPTMILL_CORPUS")
	if dir == "" {
		t.Skip("PROMPTMILL_CORPUS is not set: no real data to check")
	}
	return filepath.Join(dir, name)
}

// TestCorpus_gsm8k checks that a dataset as others publish it, with its own keys,
// is refused line by line.
func TestCorpus_gsm8k(t *testing.T) {
	f, err := os.Open(corpus(t, "gsm8k/test.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rules := map[string]map[int64]int{}
	sum, err := validate.Reader(t.Context(), f, "test.jsonl", validate.Options{SHA256: true}, func(d validate.Finding) {
		if rules[d.Rule] == nil {
			rules[d.Rule] = map[int64]int{}
		}
		rules[d.Rule][d.Line]++
		if d.Line == 1 {
			t.Log(d)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	const rows = 1319
	if sum.Lines != rows || sum.BadLines != rows || sum.OK() || sum.Format != "jsonl" || sum.Schema != "strict" {
		t.Errorf("summary %+v", sum)
	}
	if want := "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14"; sum.SHA256 != want {
		t.Errorf("sha256 %s, want %s", sum.SHA256, want)
	}
	for rule, per := range map[string]int{validate.RuleMissingKey: 1, validate.RuleUnknownKey: 2} {
		if len(rules[rule]) != rows {
			t.Errorf("%s on %d lines", rule, len(rules[rule]))
		}
		for n, got := range rules[rule] {
			if got != per {
				t.Errorf("line %d: %d findings of %s, want %d", n, got, rule, per)
			}
		}
	}
}
