package bench

import (
	"sync"
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

	mu     sync.Mutex
	errors map[string]int64 // how often each came, by kind and message
}

// mostErrors is how many different errors are counted.
const mostErrors = 100

// failure counts one error that was the end of a request.
func (p *Progress) failure(r *results.Record) {
	if r.Status != results.StatusError {
		return
	}
	text := r.ErrorKind + ": " + r.ErrorMessage
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.errors == nil {
		p.errors = make(map[string]int64)
	}
	if n := p.errors[text]; n > 0 || len(p.errors) < mostErrors {
		p.errors[text] = n + 1
	}
}

// Commonest returns the error that most requests ended with, by kind and message, and how many; "" for none.
func (p *Progress) Commonest() (text string, count int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t, n := range p.errors {
		if n > count || n == count && t < text {
			text, count = t, n
		}
	}
	return text, count
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
		p.failure(r)
	}
}

// Done is how many requests have come to an end, whichever.
func (p *Progress) Done() int64 { return p.OK.Load() + p.Failed.Load() + p.Cancelled.Load() }
