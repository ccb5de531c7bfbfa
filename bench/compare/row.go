package compare

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/compare/stat"
)

// A Verdict is what a row says.
type Verdict string

// Verdicts.
const (
	Same    Verdict = "same"    // nothing that chance or the least change does not explain
	Better  Verdict = "better"  // changed, for the better
	Worse   Verdict = "worse"   // changed, for the worse
	Unknown Verdict = "unknown" // not tested: Row.Why says why
)

// A Kind is how the values of a row are printed and how its change is counted.
type Kind int

// Kinds.
const (
	Seconds Kind = iota // the change is relative
	PerSecond
	Share // of requests; the change is in points: Other - Base
)

// A Row is one figure in both results. Numbers that are not known are NaN.
type Row struct {
	Metric      string // "ttft"
	Stat        string // "p50", "p99", "paired"; "" where the metric is one number
	Kind        Kind
	Direction   Direction
	Base, Other float64 // of "paired": NaN, as it has a change only
	Samples     [2]int  // requests behind each; for "paired" the pairs
	Certified   [2]bool // the samples of each bound this percentile at 99 % confidence
	Change      float64
	Interval    stat.Interval // of Change, 95 %
	Test        string        // what P is of; "" where the row was not tested
	P, Adjusted float64       // by itself, and among all rows of the comparison
	Verdict     Verdict
	Why         string // of an Unknown verdict, a phrase
}

// Tested reports whether the row has a probability.
func (r *Row) Tested() bool { return r.Test != "" }

// judge gives a tested row its verdict: a change is one that the test, the interval and the least change agree on.
func (r *Row) judge(minChange float64) {
	r.Verdict = Same
	switch {
	case r.Adjusted > Alpha, r.Interval.Holds(0), math.Abs(r.Change) < r.least(minChange):
	case (r.Change < 0) == (r.Direction == LowerIsBetter):
		r.Verdict = Better
	default:
		r.Verdict = Worse
	}
}

// tailFactor is how much more two runs of one server differ in a percentile of the tail than in the middle: a tail is
// made of what passes by, such as a neighbour on the machine, and what passes by in one run need not in the next.
const tailFactor = 5

// least is the least change of the row that is called one. Shares of requests are counted, and have none.
func (r *Row) least(minChange float64) float64 {
	switch {
	case r.Kind == Share:
		return 0
	case slices.Contains([]string{"p90", "p95", "p99", "p999"}, r.Stat):
		return tailFactor * minChange
	}
	return minChange
}

// blank is a row that nothing is known of but why.
func blank(metric, name string, kind Kind, better Direction) Row {
	nan := math.NaN()
	return Row{
		Metric: metric, Stat: name, Kind: kind, Direction: better, Base: nan, Other: nan, Change: nan,
		Interval: stat.Interval{Low: nan, High: nan}, P: nan, Adjusted: nan, Verdict: Unknown,
	}
}

// untested says why a row has no test.
func (r Row) untested(why string) Row {
	r.Why = why
	return r
}

// change is the relative change from a to b; NaN where it has no meaning.
func change(a, b float64) float64 {
	if a == b {
		return 0
	}
	if a == 0 {
		return math.NaN()
	}
	return b/a - 1
}

// median is the nearest-rank median of values that are not empty.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[stat.Rank(len(sorted), 500)-1]
}
