package bench

import (
	"math"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
)

// An Outcome is what a [Profile] may look at to choose the next load. Early, Late and Lag are 0 unless the runner was
// to keep what they take: see [Runner].Trend.
type Outcome struct {
	Strategy          Strategy
	RequestsPerSecond float64 // successes inside the window / window
	Window            time.Duration
	Measured          bool // a request was sent that is neither warm-up nor cool-down
	NotSent           int  // requests that a cap held back until the end

	// Median latencies, from when they were due, of the first and the last third of the measured successes by when they
	// were due; 0 where they were fewer than 30. In an open loop that the server keeps up with they are alike.
	Early, Late time.Duration

	// Lag is how late the latest hundredth of the measured requests, and at least three of them, were sent; 0 for fewer.
	Lag time.Duration

	Tally *metrics.Tally // how the requests kept the runner's SLO; nil without one
}

// saturated reports whether the server did not keep up with an open loop: it answered less than was asked, by more than
// chance makes of arrivals at random, and its latency grew while it did.
func (o Outcome) saturated() bool {
	least := 0.9 * o.Strategy.Rate
	if w := o.Window.Seconds(); w > 0 {
		least -= 3 * o.Strategy.variation() * math.Sqrt(o.Strategy.Rate/w)
	}
	return o.Strategy.Open() && o.RequestsPerSecond < least && o.Late > o.Early+o.Early/2
}

// grew reports whether the latency of an open loop grew while it lasted: the queue may have only begun to fill, and its
// answers are no sample of what a longer run would see.
func (o Outcome) grew() bool { return o.Strategy.Open() && o.Late > o.Early+o.Early/4 }

// clientLate reports whether the client sent an open loop too late for its figures to be the server's, by the measure of
// the report's client health.
func (o Outcome) clientLate() bool {
	return o.Strategy.Open() && o.Strategy.Cap == 0 && o.Lag > max(time.Millisecond, o.Early/100)
}
