package bench

import (
	"iter"
	"math"
	"time"
)

// A Schedule yields, in ascending order, the offsets from the start of a benchmark at which requests are due. It is
// pure: it never sleeps and never looks at a clock, and it may be endless; limits are the runner's.
type Schedule = iter.Seq[time.Duration]

// ConstantRate is the schedule of rate requests/s: request i is due at i/rate, computed from the index so that no error
// adds up. Rate must be positive and finite.
func ConstantRate(rate float64) Schedule {
	return func(yield func(time.Duration) bool) {
		for i := 0; ; i++ {
			due := float64(i) / rate * float64(time.Second)
			if due > math.MaxInt64/2 || !yield(time.Duration(math.Round(due))) {
				return
			}
		}
	}
}
