package bench

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind names a way of applying load. The values are the strategy column of the results.
type Kind string

// The strategies.
const (
	Synchronous Kind = "synchronous" // one request at a time
	Concurrent  Kind = "concurrent"  // a fixed number of slots, each sending as soon as its answer has ended
	Throughput  Kind = "throughput"  // as concurrent, with as many slots as the client allows
	Users       Kind = "users"       // as concurrent, with time to think between an answer and the next request
	Constant    Kind = "constant"    // a fixed rate, whatever the server does
	Poisson     Kind = "poisson"     // a rate with exponential gaps between requests
	Gamma       Kind = "gamma"       // a rate with gamma-distributed gaps
	Ramp        Kind = "ramp"        // a rate that grows or falls
	Stages      Kind = "stages"      // rates one after another
	Trace       Kind = "trace"       // the instants of a recorded trace
)

// Strategy is one load: a closed loop of Concurrency slots, or an open loop whose requests are due whatever the
// server does.
type Strategy struct {
	Kind        Kind
	Rate        float64       // requests/s of an open loop, the mean where it varies; 0 in a closed one
	Concurrency int           // slots of a closed loop; 0 in an open one
	Cap         int           // most requests in flight of an open loop, where one that is due waits for another's end; 0 is no cap
	Rampup      time.Duration // how long the load takes to grow from nothing: slots come in one by one, a rate grows evenly
	Think       Think         // between an answer and the next request of a slot

	Stages     []Stage // of ramp and stages; Rate is their mean
	Burstiness float64 // of gamma; see [GammaArrivals]
	Seed       uint64  // of what is random: arrivals and times to think

	Due       []time.Duration // of trace, ascending
	MaxTokens []int           // longest answer to each request of a trace, or of the session that it begins; 0 is as the prompt and the run have it
	Prompts   []Prompt        // sent in order instead of the runner's, from the first on; nil sends the runner's
	Label     string          // what a trace is called
}

// Open reports whether the strategy is an open loop.
func (s Strategy) Open() bool { return s.Rate > 0 }

// String names the strategy with its load: "concurrent 8", "constant 2.5/s", "gamma 4/s burstiness 0.5".
func (s Strategy) String() string {
	parts := []string{string(s.Kind)}
	switch {
	case s.Kind == Ramp || s.Kind == Stages || s.Kind == Trace: // the shape has the rates
	case s.Open():
		parts = append(parts, rateText(s.Rate))
	case s.Kind == Concurrent || s.Kind == Users:
		parts = append(parts, strconv.Itoa(s.Concurrency))
	}
	if shape := s.Shape(); shape != "" {
		parts = append(parts, shape)
	}
	if s.Cap > 0 {
		parts = append(parts, "at most", strconv.Itoa(s.Cap))
	}
	return strings.Join(parts, " ")
}

// Shape is what kind, rate, slots and cap do not tell of the load, else "": "10/s:30s,50/s:1m" of stages,
// "burstiness 0.5", "think 2s..5s", "ramp-up 10s".
func (s Strategy) Shape() string {
	var parts []string
	switch s.Kind {
	case Gamma:
		parts = append(parts, "burstiness", strconv.FormatFloat(s.Burstiness, 'g', -1, 64))
	case Ramp, Stages:
		parts = append(parts, stagesText(s.Stages))
	case Trace:
		parts = append(parts, s.Label)
	}
	if s.Think != (Think{}) {
		parts = append(parts, "think", s.Think.String())
	}
	if s.Rampup > 0 {
		parts = append(parts, "ramp-up", shortDuration(s.Rampup))
	}
	return strings.Join(parts, " ")
}

// Length is how long the strategy goes on by itself; 0 is without end, or until its last request.
func (s Strategy) Length() time.Duration { return total(s.Stages) }

// Schedule returns when requests are due, or nil for a closed loop.
func (s Strategy) Schedule() Schedule {
	switch {
	case s.Kind == Trace:
		return slices.Values(s.Due)
	case !s.Open():
		return nil
	case len(s.Stages) > 0:
		return Schedules(s.Stages, EvenArrivals)
	}
	stages := []Stage{{From: s.Rate, To: s.Rate}}
	if s.Rampup > 0 {
		stages = append([]Stage{{To: s.Rate, Duration: s.Rampup}}, stages...)
	}
	return Schedules(stages, s.arrivals())
}

func (s Strategy) arrivals() Arrivals {
	switch s.Kind {
	case Poisson:
		return PoissonArrivals(s.Seed)
	case Gamma:
		return GammaArrivals(s.Burstiness, s.Seed)
	}
	return EvenArrivals
}

// variation is the coefficient of variation of the gaps of an open loop.
func (s Strategy) variation() float64 {
	switch s.Kind {
	case Poisson:
		return 1
	case Gamma:
		return 1 / math.Sqrt(s.Burstiness)
	}
	return 0
}

// maxTokens bounds the answer to request n, or those of session n; 0 leaves that to the prompt and the run.
func (s Strategy) maxTokens(n int64) int {
	if n < int64(len(s.MaxTokens)) {
		return s.MaxTokens[n]
	}
	return 0
}

// slotStart is when slot i of a closed loop sends its first request.
func (s Strategy) slotStart(i int) time.Duration {
	return time.Duration(float64(s.Rampup) * float64(i) / float64(max(s.Concurrency, 1)))
}
