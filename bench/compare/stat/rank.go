package stat

import (
	"cmp"
	"math"
	"slices"
)

// midranks returns the rank of each value among all, from 1; equal values share the mean of theirs.
func midranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	ranks := make([]float64, len(values))
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && values[order[end]] == values[order[start]] {
			end++
		}
		for _, i := range order[start:end] {
			ranks[i] = float64(start+end+1) / 2
		}
		start = end
	}
	return ranks
}

// MannWhitney returns the two-sided probability, under the hypothesis that a and b are from one distribution, of ranks
// as far apart as theirs (Mann and Whitney, Annals of Mathematical Statistics 18(1), 1947): the normal approximation
// with ties, which is good from about ten values a side, and with the serial dependence of each series, given in the
// order of sending. It is 1 when all values are equal or one side has none.
func MannWhitney(a, b []float64) float64 {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return 1
	}
	ranks := midranks(slices.Concat(a, b))
	ra, rb := ranks[:n], ranks[n:]
	middle := float64(n+m+1) / 2
	spread := 0.0
	for _, r := range ranks {
		spread += (r - middle) * (r - middle)
	}
	spread /= float64(n + m - 1)
	if !(spread > 0) {
		return 1
	}
	error2 := spread * (Slowness(ra)/float64(n) + Slowness(rb)/float64(m))
	return normalP((Mean(rb) - Mean(ra)) / math.Sqrt(error2))
}

// SignedRank returns the two-sided probability, under the hypothesis that differences are symmetric about 0, of signed
// ranks as lopsided as theirs (Wilcoxon, Biometrics Bulletin 1(6), 1945): the normal approximation with ties and with
// the serial dependence of the series. Differences of 0 take no part. It is 1 when nothing differs.
func SignedRank(differences []float64) float64 {
	var size, signed []float64
	for _, d := range differences {
		if d != 0 {
			size = append(size, math.Abs(d))
			signed = append(signed, math.Copysign(1, d))
		}
	}
	if len(size) == 0 {
		return 1
	}
	sum, squares := 0.0, 0.0
	for i, r := range midranks(size) {
		signed[i] *= r
		sum += signed[i]
		squares += r * r
	}
	return normalP(sum / math.Sqrt(Slowness(signed)*squares))
}
