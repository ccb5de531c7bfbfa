package stat_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/promptmill/promptmill/bench/compare/stat"
)

// zigzag orders values so that neighbours differ: a series without any memory, whose slowness is 1.
func zigzag(values ...float64) []float64 {
	slices.Sort(values)
	var out []float64
	for lo, hi := 0, len(values)-1; lo <= hi; lo, hi = lo+1, hi-1 {
		out = append(out, values[lo])
		if lo < hi {
			out = append(out, values[hi])
		}
	}
	return out
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The values are those of SciPy 1.17 and statsmodels 0.14 for the same data, without continuity correction.
func TestTests_asSciPyHasThem(t *testing.T) {
	a := zigzag(1.1, 2.2, 2.2, 3.5, 4.0, 4.0, 4.4, 5.1, 6.0, 7.7, 8.1)
	b := zigzag(2.2, 4.0, 5.0, 6.5, 7.7, 8.8, 9.1, 9.9, 10.0, 11.2, 12.3, 13)
	near(t, "Mann-Whitney", stat.MannWhitney(a, b), 0.007291870314822008, 1e-12)
	near(t, "Mann-Whitney the other way", stat.MannWhitney(b, a), 0.007291870314822008, 1e-12)
	d := []float64{0.3, -0.1, 0.5, 0.9, 0.2, -0.2, 0.5, 1.1, 0.0, 0.4, -0.6, 0.8, 0.7}
	near(t, "signed rank", stat.SignedRank(d), 0.03085491148942788, 1e-12)
	near(t, "Fisher", stat.Fisher(3, 100, 17, 100), 0.0015380461941351415, 1e-12)
	near(t, "Fisher, none", stat.Fisher(0, 50, 5, 50), 0.05628449442882433, 1e-12)
	near(t, "Fisher, uneven", stat.Fisher(1, 9, 11, 14), 0.0027594561852200836, 1e-12)
	near(t, "Fisher, equal", stat.Fisher(0, 500, 0, 400), 1, 0)
	i := stat.ShareInterval(3, 100, 17, 100)
	near(t, "low", i.Low, 0.05813905349326229, 1e-12)
	near(t, "high", i.High, 0.2277309658684459, 1e-12)
	for k, want := range []float64{0.04, 0.09, 0.09, 0.025, 0.2} {
		near(t, "Holm", stat.Holm([]float64{0.01, 0.04, 0.03, 0.005, 0.2})[k], want, 1e-12)
	}
}

// Degenerate series have no evidence in them, and no NaN comes of them.
func TestTests_ofNothing(t *testing.T) {
	one := []float64{1}
	same := slices.Repeat(one, 50)
	for name, p := range map[string]float64{
		"Mann-Whitney of nothing": stat.MannWhitney(nil, nil), "of one side": stat.MannWhitney(one, nil),
		"of one each": stat.MannWhitney(one, one), "of equals": stat.MannWhitney(same, same),
		"signed rank of nothing": stat.SignedRank(nil), "of zeros": stat.SignedRank(make([]float64, 9)),
		"exceedances of nothing": stat.Exceedances(nil, one, 990), "exceedances of equals": stat.Exceedances(same, same, 990),
		"Fisher of nothing": stat.Fisher(0, 0, 0, 0), "Fisher of nonsense": stat.Fisher(5, 2, -1, 2),
	} {
		if p != 1 {
			t.Errorf("%s: p is %v, want 1", name, p)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	if i := stat.QuantileChange(rng, one, one, 990); i.Low != 0 || i.High != 0 {
		t.Errorf("change of one sample to itself: %v", i)
	}
	if len(stat.Holm(nil)) != 0 {
		t.Error("Holm of nothing is something")
	}
}

// The slowness of independent values is about 1, and that of an autoregression is (1+r)/(1-r).
func TestSlowness(t *testing.T) {
	for _, tt := range []struct{ memory, want, tolerance float64 }{{0, 1, 0.1}, {0.5, 3, 0.5}, {0.9, 19, 6}} {
		rng := rand.New(rand.NewPCG(3, 3))
		series := make([]float64, 10_000)
		for i := range series {
			series[i] = rng.NormFloat64()
			if i > 0 {
				series[i] = tt.memory*series[i-1] + math.Sqrt(1-tt.memory*tt.memory)*series[i]
			}
		}
		near(t, "slowness", stat.Slowness(series), tt.want, tt.tolerance)
	}
	for _, series := range [][]float64{nil, {1}, {1, 2, 3}, make([]float64, 100), zigzag(1, 2, 3, 4, 5, 6, 7, 8)} {
		near(t, "slowness of a series without memory", stat.Slowness(series), 1, 0)
	}
}

// The interval of a percentile is the one that drawing whole samples gives.
func TestQuantileChange_isTheBootstrap(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	sample := func(n int, scale float64) []float64 {
		values := make([]float64, n)
		for i := range values {
			values[i] = scale * math.Exp(0.4*rng.NormFloat64())
		}
		return values
	}
	a, b := sample(300, 1), sample(200, 1.2)
	for _, perMille := range []int{500, 950} {
		resampled := func(values []float64) float64 {
			drawn := make([]float64, len(values))
			for i := range drawn {
				drawn[i] = values[rng.IntN(len(values))]
			}
			slices.Sort(drawn)
			return drawn[stat.Rank(len(drawn), perMille)-1]
		}
		changes := make([]float64, 4000)
		for i := range changes {
			changes[i] = resampled(b)/resampled(a) - 1
		}
		slices.Sort(changes)
		got := stat.QuantileChange(rng, a, b, perMille)
		near(t, "low", got.Low, changes[99], 0.03)
		near(t, "high", got.High, changes[3899], 0.03)
		if !got.Holds(0.2) {
			t.Errorf("per mille %d: %v does not hold the true change", perMille, got)
		}
	}
}

// A tail that grew is found where the median stays, which a rank test does not see.
func TestExceedances_seesTheTail(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	sample := func(slow float64) []float64 {
		values := make([]float64, 1000)
		for i := range values {
			values[i] = rng.Float64()
			if rng.Float64() < slow {
				values[i] += 5
			}
		}
		return values
	}
	a, b := sample(0.005), sample(0.04)
	if p := stat.Exceedances(a, b, 990); p > 1e-3 {
		t.Errorf("exceedances of a tail eight times as heavy: p is %v", p)
	}
	if p := stat.MannWhitney(a, b); p < 0.01 {
		t.Errorf("Mann-Whitney: p is %v; then this test shows nothing", p)
	}
}
