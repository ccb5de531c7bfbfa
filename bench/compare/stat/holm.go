package stat

import (
	"cmp"
	"slices"
)

// Holm returns the probabilities of a family of tests, each made larger so that no more than a share p of families in
// which nothing differs has one at or below p (Holm, Scandinavian Journal of Statistics 6(2), 1979). It holds however the tests
// depend on each other.
func Holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(ps[i], ps[j]) })
	adjusted, least := make([]float64, len(ps)), 0.0
	for done, i := range order {
		least = max(least, min(1, ps[i]*float64(len(ps)-done)))
		adjusted[i] = least
	}
	return adjusted
}
