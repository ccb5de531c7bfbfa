package metrics

// certifiable is what a percentile takes: with that many samples the second largest is, with 99 % confidence,
// not below the true percentile. It is below it when at most one sample lies above the percentile, so the bound
// on n is
//
//	P[Binomial(n, 1-p) <= 1] = p^n + n (1-p) p^(n-1) <= 0.01
//
// and least is the smallest n for which that holds.
var certifiable = []struct {
	percentile float64
	least      int
}{{50, 11}, {90, 64}, {95, 130}, {99, 662}, {99.9, 6636}}

// Certified returns the highest percentile that n samples certify, or 0. See [Dist.Certified].
func Certified(n int) float64 {
	best := 0.0
	for _, c := range certifiable {
		if n >= c.least {
			best = c.percentile
		}
	}
	return best
}

// MinSamples returns how many samples a percentile (50, 90, 95, 99 or 99.9) needs to be certified at 99 %
// confidence, or 0 for any other. See [Dist.Certified].
func MinSamples(percentile float64) int {
	for _, c := range certifiable {
		if c.percentile == percentile {
			return c.least
		}
	}
	return 0
}
