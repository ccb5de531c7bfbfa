package bench

import (
	"iter"
	"time"
)

// A Schedule yields, in ascending order, the offsets from the start of a benchmark at which requests are due. It is
// pure: it never sleeps and never looks at a clock, and it may be endless; limits are the runner's.
type Schedule = iter.Seq[time.Duration]

// ConstantRate is the schedule of rate requests/s: request i is due at i/rate, computed from the index so that no error
// adds up. Rate must be positive and finite.
func ConstantRate(rate float64) Schedule {
	return Schedules([]Stage{{From: rate, To: rate}}, EvenArrivals)
}

// Schedules is the schedule of the rate that stages describe, one after another, whose requests arrive as arrivals
// says. Arrivals counts in requests: the one at n is due when the rate, summed over time, has reached n. So the same
// arrivals make a steady load or a ramp, and no error of one instant is part of the next.
func Schedules(stages []Stage, arrivals Arrivals) Schedule {
	return func(yield func(time.Duration) bool) {
		var start time.Duration // of the stage
		var before float64      // requests of the stages before it
		rest := stages
		for n := range arrivals {
			for len(rest) > 0 && n >= before+rest[0].Requests() {
				before += rest[0].Requests()
				start += rest[0].Duration
				rest = rest[1:]
			}
			if len(rest) == 0 {
				return
			}
			due, ok := rest[0].at(n - before)
			if !ok || !yield(start+due) {
				return
			}
		}
	}
}
