package bench

import "sync/atomic"

// Progress counts what a run has done so far. Its fields may be read at any time from any goroutine.
type Progress struct {
	Sent     atomic.Int64
	InFlight atomic.Int64
	OK       atomic.Int64
	Failed   atomic.Int64 // errors and unfinished requests
	Tokens   atomic.Int64 // output tokens of the OK ones
}
