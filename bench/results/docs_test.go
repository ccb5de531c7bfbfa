package results_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
)

// docs/results.md has a line for every column of the file, in order, with its type and a meaning, and no other.
func TestColumns_docs(t *testing.T) {
	text, err := os.ReadFile("../../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok1 := strings.Cut(string(text), "\n## Columns\n")
	section, _, ok2 := strings.Cut(section, "\n## ")
	if !ok1 || !ok2 {
		t.Fatal("docs/results.md has no section Columns")
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\S+) \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		got = append(got, m[1]+" "+strings.ReplaceAll(m[2], `\`, ""))
		if strings.HasSuffix(m[1], "_ns") != strings.HasPrefix(m[3], "ns; ") {
			t.Errorf("%s: the unit of instants is ns, and only theirs: %q", m[1], m[3])
		}
	}
	var want []string
	for _, c := range results.Columns() {
		line := c.Name + " " + c.Type
		if c.Nullable {
			line += "?"
		}
		want = append(want, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if lines := strings.Count(section, "\n| `"); lines != len(want) {
		t.Errorf("%d lines of columns, %d columns", lines, len(want))
	}
}
