package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Rank is the nearest rank, from 1, of the percentile perMille/10 among n values.
func Rank(n, perMille int) int { return min(n, max(1, (n*perMille+999)/1000)) }

// Exceedances returns the two-sided probability, under the hypothesis that a and b are from one distribution, of
// counts as uneven as theirs above the percentile perMille/10 of both together. A rank test such as [MannWhitney] looks
// at all values and hardly sees a tail; this one looks at that percentile alone, and is as free of assumptions: the
// count is hypergeometric. Counts are divided by the serial dependence of each series, given in the order of sending.
func Exceedances(a, b []float64, perMille int) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	both := slices.Sorted(slices.Values(slices.Concat(a, b)))
	limit := both[Rank(len(both), perMille)-1]
	x, n := countAbove(a, limit)
	y, m := countAbove(b, limit)
	return Fisher(x, n, y, m)
}

// countAbove counts the values over limit and all, both in independent samples.
func countAbove(series []float64, limit float64) (hits, n int) {
	slow := Slowness(above(series, limit))
	for _, v := range series {
		if v > limit {
			hits++
		}
	}
	effective := func(count int) int { return int(math.Round(float64(count) / slow)) }
	return effective(hits), effective(len(series))
}

// above is 1 where series is over limit, else 0.
func above(series []float64, limit float64) []float64 {
	over := make([]float64, len(series))
	for i, v := range series {
		if v > limit {
			over[i] = 1
		}
	}
	return over
}

// resamples is how many bootstrap samples an interval takes: twice what Efron and Tibshirani (1993, chapter 13) call enough.
const resamples = 2000

// An Interval holds a value with 95 % confidence. Unknown ends are NaN, boundless ones infinite.
type Interval struct{ Low, High float64 }

// Holds reports whether v is in the interval.
func (i Interval) Holds(v float64) bool { return i.Low <= v && v <= i.High }

// A quantile is a percentile of a series and how its bootstrap samples fall.
type quantile struct {
	sorted      []float64
	alpha, beta float64
}

// newQuantile prepares the percentile of a series in the order of sending. In a bootstrap sample of n values the k-th
// smallest is the value at rank ceil(n U), where U is the k-th of n uniform draws and so has the beta distribution of k
// and n+1-k: no sample need be drawn to know it. Both are divided by the serial dependence around that percentile, as
// in Vehtari, Gelman, Simpson, Carpenter and Bürkner (Bayesian Analysis 16(2), 2021, section 4.4).
func newQuantile(series []float64, perMille int) quantile {
	sorted := slices.Sorted(slices.Values(series))
	n := len(sorted)
	k := Rank(n, perMille)
	slow := Slowness(above(series, sorted[k-1]))
	return quantile{sorted, float64(k) / slow, float64(n+1-k) / slow}
}

func (q quantile) draw(rng *rand.Rand) float64 {
	n := len(q.sorted)
	rank := int(math.Ceil(float64(n) * beta(rng, q.alpha, q.beta)))
	return q.sorted[min(max(rank, 1), n)-1]
}

// QuantileChange is the 95 % interval of the relative change of a percentile from a to b, by Efron's percentile
// bootstrap (Annals of Statistics 7(1), 1979). Both series are in the order of sending and not empty.
func QuantileChange(rng *rand.Rand, a, b []float64, perMille int) Interval {
	qa, qb := newQuantile(a, perMille), newQuantile(b, perMille)
	return interval(func() float64 { return change(qa.draw(rng), qb.draw(rng)) })
}

// MedianInterval is the 95 % interval of the median of a series that is not empty, by the same bootstrap.
func MedianInterval(rng *rand.Rand, series []float64) Interval {
	q := newQuantile(series, 500)
	return interval(func() float64 { return q.draw(rng) })
}

// MeanChange is the 95 % interval of the relative change of the mean from a to b, whose values are independent: the
// percentile bootstrap.
func MeanChange(rng *rand.Rand, a, b []float64) Interval {
	sum := func(values []float64) float64 {
		s := 0.0
		for range values {
			s += values[rng.IntN(len(values))]
		}
		return s / float64(len(values))
	}
	return interval(func() float64 { return change(sum(a), sum(b)) })
}

// interval takes the middle 95 % of what draw gives.
func interval(draw func() float64) Interval {
	draws := make([]float64, resamples)
	for i := range draws {
		draws[i] = draw()
	}
	slices.Sort(draws)
	return Interval{draws[Rank(resamples, 25)-1], draws[Rank(resamples, 975)-1]}
}

// change is the relative change from a to b; from nothing to something it is infinite.
func change(a, b float64) float64 {
	if a == b {
		return 0
	}
	return b/a - 1
}
