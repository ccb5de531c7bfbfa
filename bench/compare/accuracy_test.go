package compare_test

import (
	"math"
	"slices"
	"testing"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/results"
)

// accuracy compares n answers with the scores that each side gives its i-th.
func accuracy(t *testing.T, n int, a, b func(i int) float64) compare.Row {
	t.Helper()
	side := func(score func(i int) float64) *compare.Result {
		recs := answers(n)
		for i := range recs {
			recs[i].Score = new(score(i))
		}
		return load(t, "x", aRun(), recs)
	}
	rows := compared(t, side(a), side(b), compare.Options{}).Pairs[0].Rows
	i := slices.IndexFunc(rows, func(r compare.Row) bool { return r.Metric == "accuracy" })
	if i < 0 {
		t.Fatal("no row of accuracy")
	}
	return rows[i]
}

// correct has the first of n right.
func correct(n int) func(int) float64 {
	return func(i int) float64 {
		if i < n {
			return 1
		}
		return 0
	}
}

func TestCompare_accuracy(t *testing.T) {
	partly := func(mean float64) func(int) float64 {
		return func(i int) float64 { return mean + 0.1*float64(i%3-1) }
	}
	for name, tt := range map[string]struct {
		n       int
		a, b    func(int) float64
		test    string
		verdict compare.Verdict
	}{
		"the same":         {200, correct(150), correct(150), "Fisher", compare.Same},
		"a few":            {200, correct(150), correct(145), "Fisher", compare.Same},
		"falls":            {200, correct(150), correct(100), "Fisher", compare.Worse},
		"rises":            {200, correct(100), correct(150), "Fisher", compare.Better},
		"all right":        {50, correct(50), correct(50), "Fisher", compare.Same},
		"partly right":     {60, partly(0.5), partly(0.5), "Welch", compare.Same},
		"partly, and less": {60, partly(0.5), partly(0.3), "Welch", compare.Worse},
		"too few":          {9, partly(0.5), partly(0.3), "", compare.Unknown},
	} {
		r := accuracy(t, tt.n, tt.a, tt.b)
		if r.Test != tt.test || r.Verdict != tt.verdict {
			t.Errorf("%s: %s by %q, want %s by %q: %+v", name, r.Verdict, r.Test, tt.verdict, tt.test, r)
		}
		if tt.test != "" && !(r.Interval.Low <= r.Change+1e-12 && r.Change-1e-12 <= r.Interval.High) || math.Abs(r.Change-(r.Other-r.Base)) > 1e-12 {
			t.Errorf("%s: change %v of %+v", name, r.Change, r.Interval)
		}
	}
}

// There is no row of accuracy where nothing was scored.
func TestCompare_accuracyWithoutScores(t *testing.T) {
	rows := compared(t, load(t, "x", aRun(), answers(9)), load(t, "y", aRun(), []results.Record{}), compare.Options{}).Pairs[0].Rows
	if slices.ContainsFunc(rows, func(r compare.Row) bool { return r.Metric == "accuracy" }) {
		t.Error("accuracy without scores")
	}
}
