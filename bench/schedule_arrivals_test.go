package bench_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench"
)

// first returns the first n offsets of a schedule, in seconds.
func first(s bench.Schedule, n int) (at []float64) {
	for due := range s {
		if at = append(at, due.Seconds()); len(at) == n {
			break
		}
	}
	return at
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func variance(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(values)-1)
}

func gapsOf(at []float64) (gaps []float64) {
	last := 0.0
	for _, t := range at {
		gaps = append(gaps, t-last)
		last = t
	}
	return gaps
}

// dispersion is the variance of the number of arrivals in spans of time by their mean: 1 for Poisson arrivals.
func dispersion(at []float64, span float64) float64 {
	counts := make([]float64, int(at[len(at)-1]/span))
	for _, t := range at {
		if i := int(t / span); i < len(counts) {
			counts[i]++
		}
	}
	return variance(counts) / mean(counts)
}

// autocorrelation is that of each value with the one before it: 0 for independent ones.
func autocorrelation(values []float64) float64 {
	m, sum := mean(values), 0.0
	for i := 1; i < len(values); i++ {
		sum += (values[i] - m) * (values[i-1] - m)
	}
	return sum / float64(len(values)-1) / variance(values)
}

// TestPoisson_indexOfDispersion: over 10,000 arrivals it is 1 +- 0.1, whatever the seed, and no gap tells of the next.
func TestPoisson_indexOfDispersion(t *testing.T) {
	for seed := range uint64(20) {
		s := bench.Schedules([]bench.Stage{{From: 20, To: 20}}, bench.PoissonArrivals(seed))
		at := first(s, 10_000)
		if d := dispersion(at, 0.1); d < 0.9 || d > 1.1 {
			t.Errorf("seed %d: index of dispersion %.3f, want 1 +- 0.1", seed, d)
		}
		if c := autocorrelation(gapsOf(at)); math.Abs(c) > 0.05 {
			t.Errorf("seed %d: a gap correlates with the next by %.3f, want 0", seed, c)
		}
		if rate := float64(len(at)) / at[len(at)-1]; math.Abs(rate-20) > 1 {
			t.Errorf("seed %d: %.2f arrivals/s, want 20", seed, rate)
		}
	}
}

// TestGamma_coefficientOfVariation: of the gaps it is 1/sqrt(burstiness), and their mean that of the rate, as vLLM
// defines burstiness.
func TestGamma_coefficientOfVariation(t *testing.T) {
	for _, burstiness := range []float64{0.1, 0.5, 1, 4, 25} {
		s := bench.Schedules([]bench.Stage{{From: 8, To: 8}}, bench.GammaArrivals(burstiness, 42))
		gaps := gapsOf(first(s, 100_000))
		m := mean(gaps)
		if math.Abs(m*8-1) > 0.03 {
			t.Errorf("burstiness %v: mean gap %.4f s, want 0.125", burstiness, m)
		}
		want := 1 / math.Sqrt(burstiness)
		if cv := math.Sqrt(variance(gaps)) / m; math.Abs(cv/want-1) > 0.03 {
			t.Errorf("burstiness %v: coefficient of variation %.3f, want %.3f", burstiness, cv, want)
		}
		if c := autocorrelation(gaps); math.Abs(c) > 0.02 {
			t.Errorf("burstiness %v: a gap correlates with the next by %.3f, want 0", burstiness, c)
		}
	}
}

// TestArrivals_seed: the same seed gives the same instants for ever and everywhere; another gives others.
func TestArrivals_seed(t *testing.T) {
	poisson := func(seed uint64) []float64 {
		return first(bench.Schedules([]bench.Stage{{From: 10, To: 10}}, bench.PoissonArrivals(seed)), 3)
	}
	gamma := first(bench.Schedules([]bench.Stage{{From: 10, To: 10}}, bench.GammaArrivals(0.5, 42)), 3)
	if want := []float64{0.24557181, 0.247659652, 0.265437722}; !slices.Equal(poisson(42), want) {
		t.Errorf("poisson, seed 42: %v, want %v", poisson(42), want)
	}
	if want := []float64{0.000905234, 0.260376003, 0.278888458}; !slices.Equal(gamma, want) {
		t.Errorf("gamma, seed 42: %v, want %v", gamma, want)
	}
	if slices.Equal(poisson(42), poisson(43)) {
		t.Error("two seeds give the same arrivals")
	}
}

// TestSchedules_arrivalsFollowTheRate: random arrivals of a ramp come as often as its rate says, in each part of it.
func TestSchedules_arrivalsFollowTheRate(t *testing.T) {
	stages := []bench.Stage{{From: 0, To: 200, Duration: 100 * time.Second}}
	counts := make([]float64, 10)
	for due := range bench.Schedules(stages, bench.PoissonArrivals(7)) {
		counts[min(int(due/(10*time.Second)), 9)]++
	}
	for i, n := range counts {
		want := 200 * (float64(i) + 0.5) // the mean rate of the part is 20 i + 10
		if math.Abs(n-want) > 5*math.Sqrt(want) {
			t.Errorf("part %d of the ramp has %.0f arrivals, want about %.0f", i, n, want)
		}
	}
}
