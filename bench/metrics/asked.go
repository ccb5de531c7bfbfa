package metrics

import (
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// ratesVary reports whether an open loop asks for more at one time than at another, so that its window may have another
// rate than the whole of its schedule.
func ratesVary(b *results.Benchmark) bool {
	return b.TargetRate > 0 && (shaped[b.Strategy] || strings.Contains(b.Shape, "ramp-up"))
}

// askedPerSecond is the rate that the schedule asked for inside the windows. Where it varies the requests that were due
// there tell it, whenever they were sent; fewer than two tell nothing, and it is that of the whole schedule.
func (c *collector) askedPerSecond(ws []results.Window) float64 {
	if !ratesVary(&c.bench) {
		return c.bench.TargetRate
	}
	requests, sending := 0.0, 0.0
	for _, w := range ws {
		due := slices.DeleteFunc(slices.Clone(c.due), func(at int64) bool { return at < w.StartNS || at >= w.SendEndNS })
		rate := sentPerSecond(due, w.StartNS, w.SendEndNS)
		if rate > 0 && len(ws) == 1 {
			return rate
		}
		if rate > 0 {
			requests += float64(len(due))
			sending += float64(len(due)) / rate
		}
	}
	if sending == 0 {
		return c.bench.TargetRate
	}
	return requests / sending
}
