package stat

import "math"

// Fisher returns the two-sided probability, under the hypothesis of one rate, of a table as unlikely as x of n against
// y of m (Fisher's exact test; the tables that are no likelier are summed). It is 1 when a side is empty.
func Fisher(x, n, y, m int) float64 {
	if n <= 0 || m <= 0 || x < 0 || y < 0 || x > n || y > m {
		return 1
	}
	hits := x + y
	logP := func(k int) float64 { return logChoose(n, k) + logChoose(m, hits-k) - logChoose(n+m, hits) }
	const rounding = 1e-7 // tables that are equally likely differ by no more in the logarithm
	seen, p := logP(x)+rounding, 0.0
	for k := max(0, hits-m); k <= min(n, hits); k++ {
		if l := logP(k); l <= seen {
			p += math.Exp(l)
		}
	}
	return min(p, 1)
}

func logChoose(n, k int) float64 {
	lg := func(v int) float64 {
		l, _ := math.Lgamma(float64(v) + 1)
		return l
	}
	return lg(n) - lg(k) - lg(n-k)
}

// z95 is the half-width of a 95 % interval in standard errors.
const z95 = 1.959963984540054

// ShareInterval is the 95 % interval of the difference of two shares, y/m - x/n: Newcombe's score method (Statistics in
// Medicine 17, 1998, method 10). Unlike a bootstrap it is honest where a share is 0 or 1.
func ShareInterval(x, n, y, m int) Interval {
	p, q := float64(x)/float64(n), float64(y)/float64(m)
	pl, ph := wilson(p, n)
	ql, qh := wilson(q, m)
	d := q - p
	return Interval{
		Low:  d - math.Hypot(q-ql, ph-p),
		High: d + math.Hypot(qh-q, p-pl),
	}
}

// wilson is Wilson's score interval of a share.
func wilson(p float64, samples int) (low, high float64) {
	n := float64(samples)
	centre := p + z95*z95/(2*n)
	half := z95 * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n))
	scale := 1 + z95*z95/n
	return (centre - half) / scale, (centre + half) / scale
}
