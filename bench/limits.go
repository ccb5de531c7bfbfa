package bench

import (
	"errors"
	"time"
)

// Limits end a benchmark. The zero value sends every prompt once.
type Limits struct {
	MaxRequests int           // requests sent; 0 means no such limit
	MaxDuration time.Duration // of sending; 0 means no such limit
	Grace       time.Duration // how long requests may outlive MaxDuration before they are cut off and recorded as unfinished
}

// Reasons for the end of a benchmark: the values of stop_reason.
const (
	StopRequests    = "max_requests"
	StopDuration    = "max_seconds"
	StopPrompts     = "prompts" // every prompt was sent once
	StopInterrupted = "interrupted"
	StopErrors      = "errors" // the first requests all failed
)

// hopelessAfter is how many requests, the first ones, must all have failed to end a benchmark.
const hopelessAfter = 100

// ErrGraceOver is the cause with which requests are cut off that outlived their benchmark.
var ErrGraceOver = errors.New("cut off: the benchmark was over and its grace period too")

// requests is the number of requests after which sending stops, given how many prompts there are; 0 is no limit.
func (l Limits) requests(prompts int) int {
	switch {
	case l.MaxRequests > 0:
		return l.MaxRequests
	case l.MaxDuration > 0:
		return 0
	default:
		return prompts
	}
}

// reason says why a benchmark ended that sent as many requests as allowed, was given up, or else ran out of time.
func (l Limits) reason(full, interrupted, gaveUp bool) string {
	switch {
	case interrupted:
		return StopInterrupted
	case gaveUp && !full:
		return StopErrors
	case !full:
		return StopDuration
	case l.MaxRequests > 0:
		return StopRequests
	default:
		return StopPrompts
	}
}
