package bench

import (
	"sync/atomic"

	"github.com/promptmill/promptmill/bench/results"
)

// Progress counts what a run has done so far. Its fields may be read at any time from any goroutine.
type Progress struct {
	Sent      atomic.Int64
	InFlight  atomic.Int64
	OK        atomic.Int64
	Failed    atomic.Int64 // errors and unfinished requests
	Cancelled atomic.Int64 // on purpose
	Tokens    atomic.Int64 // output tokens of the OK ones
}

// count takes in what became of a request.
func (p *Progress) count(r *results.Record) {
	switch r.Status {
	case results.StatusOK:
		p.OK.Add(1)
		p.Tokens.Add(r.OutputTokens)
	case results.StatusCancelled:
		p.Cancelled.Add(1)
	default:
		p.Failed.Add(1)
	}
}

// Done is how many requests have come to an end, whichever.
func (p *Progress) Done() int64 { return p.OK.Load() + p.Failed.Load() + p.Cancelled.Load() }
