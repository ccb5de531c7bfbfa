package stat

import "math"

// mostLags bounds the work of [Slowness] on long series. A queue that takes longer than so many requests to forget is
// a trend, and gives few independent samples at any bound.
const mostLags = 2000

// Slowness is the integrated autocorrelation time of a series, at least 1: n values of it say as much about its mean
// as n/Slowness independent ones. It is the sum of the autocorrelations by Geyer's initial monotone sequence
// (Practical Markov Chain Monte Carlo, Statistical Science 7(4), 1992), which stops where they are noise. A series that
// is constant or has fewer than four values gives 1.
func Slowness(series []float64) float64 {
	n := len(series)
	if n < 4 {
		return 1
	}
	centred := make([]float64, n)
	mean := Mean(series)
	for i, v := range series {
		centred[i] = v - mean
	}
	variance := lagged(centred, 0)
	if !(variance > 0) {
		return 1
	}
	sum, least := 0.0, math.Inf(1)
	for lag := 0; lag+1 < min(n, mostLags); lag += 2 {
		pair := (lagged(centred, lag) + lagged(centred, lag+1)) / variance
		if pair <= 0 {
			break
		}
		least = min(least, pair)
		sum += least
	}
	return min(max(2*sum-1, 1), float64(n))
}

// lagged is the sum of the products of values that are lag apart.
func lagged(centred []float64, lag int) float64 {
	sum := 0.0
	for i, v := range centred[lag:] {
		sum += v * centred[i]
	}
	return sum
}

// Mean is the arithmetic mean, NaN of nothing.
func Mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
