package bench

import (
	"fmt"
	"math"
	"strings"
)

// DefaultThroughputSlots is how many requests the throughput strategy keeps in flight unless it is told otherwise.
const DefaultThroughputSlots = 512

// DefaultSweepSize is the number of benchmarks of a sweep unless it is told otherwise.
const DefaultSweepSize = 10

// An Outcome is what a [Profile] may look at to choose the next load.
type Outcome struct {
	Strategy          Strategy
	RequestsPerSecond float64 // successes inside the window / window
}

// A Profile yields the strategies of a run. Next gets the outcomes so far, in order, and returns the next strategy,
// or false when there is none.
type Profile interface {
	Next(done []Outcome) (Strategy, bool)
}

// Fixed is a [Profile] that is known beforehand.
type Fixed []Strategy

// Next implements [Profile].
func (f Fixed) Next(done []Outcome) (Strategy, bool) {
	if len(done) >= len(f) {
		return Strategy{}, false
	}
	return f[len(done)], true
}

// Sweep is a [Profile] that finds the range of rates a server can take: synchronous gives the lowest, throughput
// the highest, and Size-2 constant rates divide what lies between, the last of them being the highest.
type Sweep struct {
	Size  int // benchmarks in all, at least 3
	Slots int // of the throughput step
}

// Next implements [Profile].
func (s Sweep) Next(done []Outcome) (Strategy, bool) {
	switch n := len(done); {
	case n == 0:
		return Strategy{Kind: Synchronous, Concurrency: 1}, true
	case n == 1:
		return Strategy{Kind: Throughput, Concurrency: s.Slots}, true
	case n >= s.Size:
		return Strategy{}, false
	default:
		low, high := done[0].RequestsPerSecond, done[1].RequestsPerSecond
		rate := low + (high-low)*float64(n-1)/float64(s.Size-2)
		if rate <= 0 || math.IsNaN(rate) { // nothing succeeded, so there is no range to divide
			return Strategy{}, false
		}
		return Strategy{Kind: Constant, Rate: rate}, true
	}
}

// chain runs one profile after another; each sees only its own outcomes.
type chain []Profile

// Next implements [Profile].
func (c chain) Next(done []Outcome) (Strategy, bool) {
	for _, p := range c {
		n := 0
		for n < len(done) {
			if _, ok := p.Next(done[:n]); !ok {
				break
			}
			n++
		}
		if s, ok := p.Next(done[:n]); ok {
			return s, true
		}
		done = done[n:]
	}
	return Strategy{}, false
}

// ProfileOptions is what [ParseProfile] needs beside the names.
type ProfileOptions struct {
	Rates           []float64 // requests/s of constant
	Concurrency     []int     // levels of concurrent
	ThroughputSlots int       // of throughput and sweep; 0 means [DefaultThroughputSlots]
	SweepSize       int       // 0 means [DefaultSweepSize]
}

// ParseProfile builds the profile that names list, run one after another: synchronous, concurrent, throughput,
// constant, sweep. Its errors are for the person who wrote the names.
func ParseProfile(names []string, o ProfileOptions) (Profile, error) {
	if o.ThroughputSlots == 0 {
		o.ThroughputSlots = DefaultThroughputSlots
	}
	if o.SweepSize == 0 {
		o.SweepSize = DefaultSweepSize
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	var all chain
	for _, name := range names {
		p, err := parseOne(strings.TrimSpace(name), o)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no profile: expected some of %s", profileNames)
	}
	return all, nil
}

// minRate is one request in eleven days; a schedule of much less ends before its second request.
const minRate = 1e-6

const profileNames = "synchronous, concurrent, throughput, constant, sweep"

func (o ProfileOptions) check() error {
	for _, r := range o.Rates {
		if !(r >= minRate) || math.IsInf(r, 0) {
			return fmt.Errorf("rate %v: expected a number of requests per second above 0 (at least %v)", r, minRate)
		}
	}
	for _, n := range o.Concurrency {
		if n < 1 {
			return fmt.Errorf("concurrency %d: expected at least 1", n)
		}
	}
	if o.ThroughputSlots < 1 {
		return fmt.Errorf("throughput with %d slots: expected at least 1", o.ThroughputSlots)
	}
	if o.SweepSize < 3 {
		return fmt.Errorf("sweep of %d benchmarks: expected at least 3 (synchronous, throughput, one rate)", o.SweepSize)
	}
	return nil
}

func parseOne(name string, o ProfileOptions) (Profile, error) {
	var f Fixed
	switch Kind(name) {
	case Synchronous:
		return Fixed{{Kind: Synchronous, Concurrency: 1}}, nil
	case Throughput:
		return Fixed{{Kind: Throughput, Concurrency: o.ThroughputSlots}}, nil
	case "sweep":
		return Sweep{Size: o.SweepSize, Slots: o.ThroughputSlots}, nil
	case Concurrent:
		for _, n := range o.Concurrency {
			f = append(f, Strategy{Kind: Concurrent, Concurrency: n})
		}
		if len(f) == 0 {
			return nil, fmt.Errorf("profile concurrent needs --concurrency, for instance --concurrency 1,8,32")
		}
	case Constant:
		for _, r := range o.Rates {
			f = append(f, Strategy{Kind: Constant, Rate: r})
		}
		if len(f) == 0 {
			return nil, fmt.Errorf("profile constant needs --rate, for instance --rate 2,4 (requests per second)")
		}
	default:
		return nil, fmt.Errorf("unknown profile %q: expected %s", name, profileNames)
	}
	return f, nil
}
