package bench

import (
	"iter"
	"math"
	"math/rand/v2"
)

// Arrivals yields, in ascending order and without end, when requests arrive on a clock that ticks once per request of
// the rate asked for: with even arrivals the numbers 0, 1, 2, ...
type Arrivals = iter.Seq[float64]

// EvenArrivals is arrivals at equal distances, the first at 0.
func EvenArrivals(yield func(float64) bool) {
	for n := 0.0; yield(n); n++ {
	}
}

// PoissonArrivals is the arrivals of users who know nothing of each other: gaps are exponential. The same seed gives the same
// arrivals on every machine.
func PoissonArrivals(seed uint64) Arrivals { return gaps(seed, exponential) }

// GammaArrivals is arrivals with gamma-distributed gaps of mean 1 and shape burstiness, which must be positive, as vLLM has
// it: their coefficient of variation is 1/sqrt(burstiness). Below 1 they come in bursts, 1 is [PoissonArrivals], and the
// larger it is the more even they are. The same seed gives the same arrivals on every machine.
func GammaArrivals(burstiness float64, seed uint64) Arrivals {
	if burstiness == 1 {
		return PoissonArrivals(seed)
	}
	return gaps(seed, func(r *rand.Rand) float64 { return gamma(r, burstiness) / burstiness })
}

// gapUnit is what gaps are rounded to. The sum of multiples of it is exact up to 2 million requests and 2^-53 off
// beyond; and the last bit of a logarithm, in which processors differ, disappears.
const gapUnit = 1.0 / (1 << 32)

// gaps sums independent draws. Each comes from a random stream of its own, made of seed and index, so that one that
// takes another number of random bits on another processor cannot change those after it.
func gaps(seed uint64, draw func(*rand.Rand) float64) Arrivals {
	return func(yield func(float64) bool) {
		var source rand.PCG
		r := rand.New(&source)
		sum := 0.0
		for i := uint64(0); ; i++ {
			source.Seed(scatter(seed), scatter(i))
			sum += math.Round(draw(r)/gapUnit) * gapUnit
			if !yield(sum) {
				return
			}
		}
	}
}

// scatter spreads neighbouring numbers over all 64 bits (the finaliser of SplitMix64).
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func exponential(r *rand.Rand) float64 { return -math.Log1p(-r.Float64()) }

// gamma draws from the gamma distribution with the given shape and scale 1 (Marsaglia and Tsang, 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	boost := 1.0
	if shape < 1 {
		boost = math.Pow(1-r.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v * boost
		}
	}
}
