package metrics

import "math"

// Range is from one number to another.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// z95 is the half-width of a 95 % interval in standard errors.
const z95 = 1.959963984540054

// meanScore is the 95 % interval of a mean score: Wilson's where all scores are 0 or 1, else that of the normal
// distribution, cut to what scores can be.
func meanScore(d *Dist) *Range {
	n := float64(d.Count)
	if !d.binary() {
		half := z95 * d.Std / math.Sqrt(n)
		return &Range{Low: max(0, d.Mean-half), High: min(1, d.Mean+half)}
	}
	p := d.Mean
	centre := p + z95*z95/(2*n)
	half := z95 * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n))
	scale := 1 + z95*z95/n
	return &Range{Low: max(0, (centre-half)/scale), High: min(1, (centre+half)/scale)}
}

// Matches is how many of the scores that d summarises are 1 where each is 0 or 1; else ok is false.
func (d *Dist) Matches() (n int, ok bool) {
	return int(math.Round(d.Mean * float64(d.Count))), d.binary()
}

// binary reports whether each sample is 0 or 1. Of numbers from 0 to 1 only those have the variance of a share, as every
// other is above its square.
func (d *Dist) binary() bool {
	share := d.Mean * (1 - d.Mean)
	if d.Count > 1 {
		share *= float64(d.Count) / float64(d.Count-1)
	}
	return d.Count > 0 && d.Min >= 0 && d.Max <= 1 && math.Abs(d.Std*d.Std-share) < 1e-9
}
