package stat

import (
	"math"
	"math/rand/v2"
)

// beta draws from the beta distribution, as the share of one gamma variable in two.
func beta(rng *rand.Rand, a, b float64) float64 {
	x, y := gamma(rng, a), gamma(rng, b)
	if x+y == 0 { // both too small for a float64
		return 0.5
	}
	return x / (x + y)
}

// gamma draws from the gamma distribution of scale 1 (Marsaglia and Tsang, ACM Transactions on Mathematical Software
// 26(3), 2000).
func gamma(rng *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(rng, shape+1) * math.Pow(1-rng.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
