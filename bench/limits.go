package bench

import (
	"errors"
	"fmt"
	"time"
)

// Limits end a benchmark, and say which part of it is measured. The zero value sends every prompt once and measures
// all of it.
type Limits struct {
	MaxRequests int           // requests sent; 0 means no such limit
	MaxDuration time.Duration // of sending; 0 means no such limit
	Grace       time.Duration // how long requests may outlive the end of sending that MaxDuration or failures bring, before they are cut off and recorded as unfinished

	Warmup   Span // sent first and left out of the figures
	Cooldown Span // sent last and left out of the figures

	MaxErrors          int     // failed requests; 0 means no such limit
	MaxErrorRate       float64 // share of the last ErrorWindow requests that may fail, 0 to 1; 0 means no such limit
	ErrorWindow        int     // 0 means [DefaultErrorWindow]
	MaxGlobalErrorRate float64 // share of all requests so far that may fail, once there were ErrorWindow of them; 0 means no such limit

	Saturation *Saturation // ends an open loop that the server cannot keep up with; nil means no such limit

	scheduled bool // MaxDuration is where the strategy ends by itself
	lastDue   bool // MaxRequests is
}

// DefaultErrorWindow is how many finished requests an error rate is taken of, at least.
const DefaultErrorWindow = 30

// Reasons for the end of a benchmark: the values of stop_reason.
const (
	StopRequests    = "max_requests"
	StopDuration    = "max_seconds"
	StopPrompts     = "prompts"  // every prompt was sent once
	StopSchedule    = "schedule" // nothing more was due
	StopInterrupted = "interrupted"
	StopErrors      = "errors" // the first requests all failed
	StopMaxErrors   = "max_errors"
	StopErrorRate   = "max_error_rate"
	StopGlobalRate  = "max_global_error_rate"
	StopSaturated   = "over_saturated"
)

// hopelessAfter is how many requests, the first ones, must all have failed to end a benchmark.
const hopelessAfter = 100

// ErrGraceOver is the cause with which requests are cut off that outlived their benchmark.
var ErrGraceOver = errors.New("cut off: the benchmark was over and its grace period too")

// Check returns the error of a warm-up or cool-down that does not fit a benchmark of s, given how many requests it
// takes to send every prompt once.
func (l Limits) Check(s Strategy, once int) error {
	l = l.within(s)
	requests := l.requests(once)
	for _, s := range []struct {
		name string
		span Span
	}{{"warm-up", l.Warmup}, {"cool-down", l.Cooldown}} {
		if err := s.span.check(requests, l.MaxDuration); err != nil {
			return fmt.Errorf("%s %s: %w", s.name, s.span, err)
		}
	}
	if l.leavesNothing(requests) {
		return fmt.Errorf("a warm-up of %s and a cool-down of %s leave nothing to measure", l.Warmup, l.Cooldown)
	}
	if l.Cooldown.Time > 0 && l.MaxDuration == 0 {
		return fmt.Errorf("a cool-down of %s needs to know when the benchmark ends: set its duration too", l.Cooldown)
	}
	if l.Cooldown.Requests > 0 && requests == 0 {
		return fmt.Errorf("a cool-down of %s needs to know how many are sent: set the number of requests too", l.Cooldown)
	}
	return nil
}

// leavesNothing reports whether warm-up and cool-down take up all of a benchmark.
func (l Limits) leavesNothing(requests int) bool {
	share, count, time := l.Warmup.Share+l.Cooldown.Share, l.Warmup.Requests+l.Cooldown.Requests, l.Warmup.Time+l.Cooldown.Time
	return share >= 1 || requests > 0 && count >= requests || l.MaxDuration > 0 && time >= l.MaxDuration
}

// requests is the number of requests after which sending stops, given how many there are when each prompt is sent
// once; 0 is no limit.
func (l Limits) requests(once int) int {
	switch {
	case l.MaxRequests > 0:
		return l.MaxRequests
	case l.MaxDuration > 0:
		return 0
	default:
		return once
	}
}

// within returns the limits of a benchmark of s, which may come to an end by itself.
func (l Limits) within(s Strategy) Limits {
	if n := s.Length(); n > 0 && (l.MaxDuration == 0 || n < l.MaxDuration) {
		l.MaxDuration, l.scheduled = n, true
	}
	if n := len(s.Due); n > 0 && (l.MaxRequests == 0 || n <= l.MaxRequests) {
		l.MaxRequests, l.lastDue = n, true
	}
	return l
}
