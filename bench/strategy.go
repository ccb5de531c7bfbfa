package bench

import (
	"fmt"
	"strconv"
)

// Kind names a way of applying load. The values are the strategy column of the results.
type Kind string

// The strategies.
const (
	Synchronous Kind = "synchronous" // one request at a time
	Concurrent  Kind = "concurrent"  // a fixed number of slots, each sending as soon as its answer has ended
	Throughput  Kind = "throughput"  // as concurrent, with as many slots as the client allows
	Constant    Kind = "constant"    // a fixed rate, whatever the server does
)

// Strategy is one load: a closed loop of Concurrency slots, or an open loop at Rate.
type Strategy struct {
	Kind        Kind
	Rate        float64 // requests/s of an open loop; 0 in a closed one
	Concurrency int     // slots of a closed loop; 0 in an open one
}

// String names the strategy with its load: "concurrent 8", "constant 2.5/s".
func (s Strategy) String() string {
	switch s.Kind {
	case Concurrent:
		return fmt.Sprintf("%s %d", s.Kind, s.Concurrency)
	case Constant:
		return fmt.Sprintf("%s %s/s", s.Kind, strconv.FormatFloat(s.Rate, 'g', 5, 64))
	default:
		return string(s.Kind)
	}
}

// schedule returns when requests are due, or nil for a closed loop.
func (s Strategy) schedule() Schedule {
	if s.Rate > 0 {
		return ConstantRate(s.Rate)
	}
	return nil
}
