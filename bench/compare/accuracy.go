package compare

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/compare/stat"
)

// fewestScores is how many scores a side must have for their mean to be taken as normal.
const fewestScores = 30

// accuracyRow compares the mean scores: as shares where every score is 0 or 1, else as means.
func accuracyRow(m match) (Row, bool) {
	r := blank("accuracy", "", Share, HigherIsBetter)
	if m.base.Accuracy == nil || m.other.Accuracy == nil {
		return r, false
	}
	r.Base, r.Other = *m.base.Accuracy, *m.other.Accuracy
	r.Change = r.Other - r.Base
	a, b := m.base.Scores, m.other.Scores
	if a == nil || b == nil {
		return r.untested("figures only"), true
	}
	r.Samples, r.Certified = [2]int{a.Count, b.Count}, [2]bool{true, true}
	x, xOK := a.Matches()
	y, yOK := b.Matches()
	switch {
	case xOK && yOK:
		r.Test, r.P, r.Interval = "Fisher", stat.Fisher(x, a.Count, y, b.Count), stat.ShareInterval(x, a.Count, y, b.Count)
	case min(a.Count, b.Count) < fewestScores:
		return r.untested(fmt.Sprintf("a mean score takes %d answers", fewestScores)), true
	default:
		r.Test = "Welch"
		r.Interval, r.P = stat.MeanDifference(stat.Moments{N: a.Count, Mean: a.Mean, Std: a.Std}, stat.Moments{N: b.Count, Mean: b.Mean, Std: b.Std})
	}
	return r, true
}
