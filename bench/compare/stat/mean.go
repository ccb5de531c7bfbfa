package stat

import "math"

// Moments are those of a sample of independent values.
type Moments struct {
	N         int
	Mean, Std float64 // Std by N - 1
}

// MeanDifference is the 95 % interval of b.Mean - a.Mean, and the two-sided probability, under the hypothesis of one mean,
// of a difference as large (Welch's statistic, taken as normal: good from about 30 values a side). The probability is 1
// where nothing varies and the means are equal, 0 where they are not.
func MeanDifference(a, b Moments) (Interval, float64) {
	d := b.Mean - a.Mean
	se := math.Sqrt(a.Std*a.Std/float64(a.N) + b.Std*b.Std/float64(b.N))
	in := Interval{Low: d - z95*se, High: d + z95*se}
	switch {
	case d == 0:
		return in, 1
	case se == 0:
		return in, 0
	}
	return in, math.Erfc(math.Abs(d) / se / math.Sqrt2)
}
