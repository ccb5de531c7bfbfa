package validate

import (
	"cmp"
	"slices"
	"strings"
)

// A RuleCount is how often a rule was found in a file.
type RuleCount struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Count    int64    `json:"count"`
	First    Finding  `json:"first"`
}

// A tally counts the findings of a file by rule and severity.
type tally struct{ list []RuleCount }

func (t *tally) add(f Finding) {
	i := slices.IndexFunc(t.list, func(c RuleCount) bool { return c.Rule == f.Rule && c.Severity == f.Severity })
	if i < 0 {
		i = len(t.list)
		t.list = append(t.list, RuleCount{Rule: f.Rule, Severity: f.Severity, First: f})
	}
	t.list[i].Count++
}

// counts returns the counts, errors before warnings, each with the most frequent first.
func (t *tally) counts() []RuleCount {
	slices.SortStableFunc(t.list, func(a, b RuleCount) int {
		return cmp.Or(strings.Compare(string(a.Severity), string(b.Severity)), cmp.Compare(b.Count, a.Count))
	})
	return t.list
}
