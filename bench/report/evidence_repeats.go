package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
)

// unstableSpread is how far repeats of one benchmark may lie apart, as a share of the least of them.
const unstableSpread = 0.1

// unstable asks whether benchmarks that were run more than once gave other figures each time.
func unstable(s *metrics.Summary) (string, bool) {
	repeats := map[string][]*metrics.Benchmark{}
	var names []string
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if b.Counts.OK == 0 {
			continue
		}
		if repeats[b.Load()] == nil {
			names = append(names, b.Load())
		}
		repeats[b.Load()] = append(repeats[b.Load()], b)
	}
	for _, name := range names {
		bs := repeats[name]
		latency := reachOf(bs, func(b *metrics.Benchmark) float64 { return b.Latency.P50 })
		output := reachOf(bs, throughput)
		if len(bs) < 2 || max(latency.width(), output.width()) <= unstableSpread {
			continue
		}
		return fmt.Sprintf("Repeats differ: %s was run %d times, with a median latency of %s to %s and %s to %s tok/s.",
			name, len(bs), duration(latency.low), duration(latency.high), number(output.low), number(output.high)), true
	}
	return "", false
}

// reach is how far the values of a figure reach.
type reach struct{ low, high float64 }

func reachOf(bs []*metrics.Benchmark, of func(b *metrics.Benchmark) float64) reach {
	byFigure := func(a, b *metrics.Benchmark) int { return cmp.Compare(of(a), of(b)) }
	return reach{of(slices.MinFunc(bs, byFigure)), of(slices.MaxFunc(bs, byFigure))}
}

// width is the reach as a share of its low end.
func (e reach) width() float64 {
	if e.low <= 0 {
		return 0
	}
	return e.high/e.low - 1
}
