package metrics

import (
	"math"
	"slices"
)

// dist summarises samples, none of them NaN, which it sorts.
func dist(samples []float64) Dist {
	slices.Sort(samples)
	return distSorted(samples, func(v float64) float64 { return v })
}

// distSeconds summarises samples in ns, which it sorts, in seconds.
func distSeconds(samples []int64) Dist {
	slices.Sort(samples)
	return distSorted(samples, func(v int64) float64 { return float64(v) / 1e9 })
}

// distSorted summarises sorted samples as unit gives them. Sums run over the sorted samples, so that the same
// samples in another order give the same bits.
func distSorted[T int64 | float64](sorted []T, unit func(T) float64) Dist {
	n := len(sorted)
	if n == 0 {
		return Dist{}
	}
	at := func(perMille int) float64 { return unit(sorted[rank(n, perMille)-1]) }
	d := Dist{
		Count: n, Min: unit(sorted[0]), Max: unit(sorted[n-1]),
		P50: at(500), P90: at(900), P95: at(950), P99: at(990), P999: at(999),
		Certified: Certified(n),
	}
	sum := 0.0
	for _, v := range sorted {
		sum += unit(v)
	}
	d.Mean = min(max(sum/float64(n), d.Min), d.Max) // rounding must not carry it outside
	if n > 1 {
		squares := 0.0
		for _, v := range sorted {
			squares += (unit(v) - d.Mean) * (unit(v) - d.Mean)
		}
		d.Std = math.Sqrt(squares / float64(n-1))
	}
	return d
}

// rank is the nearest rank, from 1, of a percentile among n samples: ceil(p*n), in integers because 0.95*n is
// not exact.
func rank(n, perMille int) int { return max(1, (n*perMille+999)/1000) }
