package compare

import (
	"maps"
	"math"
	"slices"
)

// loadTolerance is how far apart two loads may be and still match: a sweep computes its rates from what it measured.
const loadTolerance = 0.02

// A match is the same strategy at the same load in two results.
type match struct{ base, other *Benchmark }

// matches pairs the benchmarks of two results, each used once, in the order of a, and returns those of either that have
// no partner. Repeats of one benchmark are paired in their order.
func matches(a, b *Result) (pairs []match, onlyA, onlyB []string) {
	used := make([]bool, len(b.Benchmarks))
	for i := range a.Benchmarks {
		base := &a.Benchmarks[i]
		best, distance := -1, loadTolerance
		for j := range b.Benchmarks {
			if d := loadDistance(base, &b.Benchmarks[j]); !used[j] && (d < distance || d == distance && best < 0) {
				best, distance = j, d
			}
		}
		if best < 0 {
			onlyA = append(onlyA, base.Name)
			continue
		}
		used[best] = true
		pairs = append(pairs, match{base, &b.Benchmarks[best]})
	}
	for j := range b.Benchmarks {
		if !used[j] {
			onlyB = append(onlyB, b.Benchmarks[j].Name)
		}
	}
	return pairs, onlyA, onlyB
}

// loadDistance is how far the load of b is from that of a, as a share; infinite for different strategies.
func loadDistance(a, b *Benchmark) float64 {
	slots := a.TargetConcurrency != b.TargetConcurrency && a.TargetConcurrency*b.TargetConcurrency > 0 // not every tool tells
	if a.Strategy != b.Strategy || a.Shape != b.Shape || a.Cap != b.Cap || a.PrefillCap != b.PrefillCap || !maps.Equal(a.Vary, b.Vary) || slots {
		return math.Inf(1)
	}
	if a.TargetRate == b.TargetRate {
		return 0
	}
	return math.Abs(b.TargetRate-a.TargetRate) / math.Max(a.TargetRate, b.TargetRate)
}

// names lists the benchmarks of a result.
func names(r *Result) []string {
	var list []string
	for i := range r.Benchmarks {
		if name := r.Benchmarks[i].Name; !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
