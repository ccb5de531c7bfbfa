package live

import (
	"math"
	"math/bits"

	"github.com/promptmill/promptmill/bench/metrics"
)

// subBuckets is how many buckets an octave has: a value is off by at most half a bucket, 1.6 %.
const (
	subBits    = 5
	subBuckets = 1 << subBits
	maxBits    = 42 // 73 minutes in ns; what is longer counts as that long
	buckets    = (maxBits-subBits)*subBuckets + subBuckets
)

// A histogram counts durations in buckets that grow with them. Its zero value is empty.
type histogram struct {
	counts   [buckets]uint32
	n        int
	sum      float64 // seconds
	squares  float64
	min, max int64
}

// add counts a duration in ns; one below 0 counts as none.
func (h *histogram) add(ns int64) {
	ns = max(ns, 0)
	h.counts[bucketOf(ns)]++
	if h.n == 0 || ns < h.min {
		h.min = ns
	}
	h.max = max(h.max, ns)
	h.n++
	s := float64(ns) / 1e9
	h.sum += s
	h.squares += s * s
}

// bucketOf is the bucket of a duration: its highest bits.
func bucketOf(ns int64) int {
	shift := bits.Len64(uint64(ns)) - subBits - 1
	if shift <= 0 {
		return int(ns)
	}
	return min(shift*subBuckets+int(ns>>shift), buckets-1)
}

// middle is the duration in ns that a bucket stands for.
func middle(bucket int) float64 {
	shift := bucket/subBuckets - 1
	if shift <= 0 {
		return float64(bucket)
	}
	low := int64(bucket-shift*subBuckets) << shift
	return float64(low) + float64(int64(1)<<shift)/2
}

// merge adds what other has counted.
func (h *histogram) merge(other *histogram) {
	if other.n == 0 {
		return
	}
	for i, c := range other.counts {
		h.counts[i] += c
	}
	if h.n == 0 || other.min < h.min {
		h.min = other.min
	}
	h.max = max(h.max, other.max)
	h.n += other.n
	h.sum += other.sum
	h.squares += other.squares
}

// quantile is the duration in seconds that a share q of those counted do not exceed; 0 if none was counted.
func (h *histogram) quantile(q float64) float64 {
	rank, seen := int(math.Ceil(q*float64(h.n))), 0
	for i, c := range h.counts {
		if seen += int(c); seen >= rank && seen > 0 {
			return min(max(middle(i), float64(h.min)), float64(h.max)) / 1e9
		}
	}
	return 0
}

// upTo is how many durations are not longer than so many seconds, as far as buckets tell.
func (h *histogram) upTo(seconds float64) int {
	n := 0
	for _, c := range h.counts[:bucketOf(int64(seconds*1e9))] {
		n += int(c)
	}
	return n
}

// parted are how many durations lie in each of the buckets that bounds, in seconds, part: up to the first, from each to
// the next, and beyond the last.
func (h *histogram) parted(bounds []float64) []uint64 {
	counts := make([]uint64, len(bounds)+1)
	before := 0
	for i, bound := range bounds {
		n := h.upTo(bound)
		counts[i], before = uint64(n-before), n
	}
	counts[len(bounds)] = uint64(h.n - before)
	return counts
}

// dist is the histogram in the terms of a report.
func (h *histogram) dist() metrics.Dist {
	if h.n == 0 {
		return metrics.Dist{}
	}
	n := float64(h.n)
	return metrics.Dist{
		Count: h.n, Mean: h.sum / n, Std: math.Sqrt(max(0, h.squares/n-h.sum/n*h.sum/n)),
		Min: float64(h.min) / 1e9, Max: float64(h.max) / 1e9,
		P50: h.quantile(0.5), P90: h.quantile(0.9), P95: h.quantile(0.95), P99: h.quantile(0.99), P999: h.quantile(0.999),
		Certified: metrics.Certified(h.n),
	}
}
