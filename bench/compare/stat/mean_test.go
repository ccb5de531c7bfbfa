package stat_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/promptmill/promptmill/bench/compare/stat"
)

func TestMeanDifference(t *testing.T) {
	for _, tt := range []struct {
		a, b         stat.Moments
		low, high, p float64
	}{
		// The difference is 1.96 standard errors: 0.14 of sqrt(0.5^2/98 + 0.5^2/98).
		{stat.Moments{N: 98, Mean: 0.5, Std: 0.5}, stat.Moments{N: 98, Mean: 0.64, Std: 0.5}, 0.000002572574, 0.279997427426, 0.049995790296},
		{stat.Moments{N: 50, Mean: 0.5, Std: 0.1}, stat.Moments{N: 50, Mean: 0.5, Std: 0.1}, -0.03919927969, 0.03919927969, 1},
		{stat.Moments{N: 50, Mean: 0.5}, stat.Moments{N: 50, Mean: 0.25}, -0.25, -0.25, 0},
	} {
		in, p := stat.MeanDifference(tt.a, tt.b)
		if math.Abs(in.Low-tt.low) > 1e-9 || math.Abs(in.High-tt.high) > 1e-9 || math.Abs(p-tt.p) > 1e-9 {
			t.Errorf("%+v, %+v: %+v, p %.12f; want %v to %v, p %v", tt.a, tt.b, in, p, tt.low, tt.high, tt.p)
		}
	}
}

// Of pairs of samples of one distribution about one in twenty differs at 5 %.
func TestMeanDifference_level(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func() stat.Moments {
		const n = 60
		sum, squares := 0.0, 0.0
		for range n {
			v := rng.Float64() * rng.Float64()
			sum, squares = sum+v, squares+v*v
		}
		mean := sum / n
		return stat.Moments{N: n, Mean: mean, Std: math.Sqrt((squares - n*mean*mean) / (n - 1))}
	}
	const pairs = 4000
	differ, outside := 0, 0
	for range pairs {
		in, p := stat.MeanDifference(draw(), draw())
		if p < 0.05 {
			differ++
		}
		if !in.Holds(0) {
			outside++
		}
	}
	if share := float64(differ) / pairs; share < 0.035 || share > 0.065 || outside != differ {
		t.Errorf("%d of %d differ, %d intervals without 0", differ, pairs, outside)
	}
}
