package bench

import (
	"fmt"
	"math"
	"time"
)

// DefaultSweepSize is the number of benchmarks of a sweep unless it is told otherwise.
const DefaultSweepSize = 10

// Sweep is a [Profile] that finds the range of rates a server can take: synchronous gives the lowest, throughput
// the highest, and Size-2 open loops divide what lies between, the last of them at the highest. It ends before that
// at the first that the server does not keep up with: those beyond would tell how long it queues, not how fast it is.
type Sweep struct {
	Size  int      // benchmarks in all, at least 2
	Slots int      // of the throughput step
	Rates Strategy // of the open loops, but for the rate; the zero value is constant
}

// Next implements [Profile].
func (s Sweep) Next(done []Outcome) (Strategy, bool) {
	switch n := len(done); {
	case n == 0:
		return Strategy{Kind: Synchronous, Concurrency: 1}, true
	case n == 1:
		return Strategy{Kind: Throughput, Concurrency: s.Slots}, true
	case n >= s.Size, done[n-1].saturated():
		return Strategy{}, false
	default:
		return s.between(done[0].RequestsPerSecond, done[1].RequestsPerSecond, float64(n-1)/float64(s.Size-2))
	}
}

// between is the open loop at a part of the way from low to high; false when nothing succeeded, so that there is no
// range to divide.
func (s Sweep) between(low, high, part float64) (Strategy, bool) {
	rate := low + (high-low)*part
	if !(rate >= minRate) || math.IsInf(rate, 0) {
		return Strategy{}, false
	}
	open := s.Rates
	open.Rate = rate
	if open.Kind == "" {
		open.Kind = Constant
	}
	return open, true
}

// Explain implements [Explainer].
func (s Sweep) Explain(done []Outcome) string {
	last := done[len(done)-1]
	switch {
	case last.saturated():
		return fmt.Sprintf("The sweep ended after %d of %d benchmarks: at %s the server answered %s, and its latency grew from %v to %v meanwhile.",
			len(done), s.Size, last.Strategy, rateText(last.RequestsPerSecond), short(last.Early), short(last.Late))
	case len(done) >= s.Size:
		return fmt.Sprintf("The sweep went through all of its %d benchmarks, up to %s.", s.Size, last.Strategy)
	default:
		return fmt.Sprintf("The sweep ended after %d of %d benchmarks: nothing succeeded, so there is no range of rates to divide.", len(done), s.Size)
	}
}

// short is d with three digits or so.
func short(d time.Duration) time.Duration {
	unit := time.Nanosecond
	for unit*1000 <= d {
		unit *= 10
	}
	return d.Round(unit)
}
