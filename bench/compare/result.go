// Package compare holds two results against each other: what changed, whether that is more than chance, and whether
// they may be compared at all. Its functions are pure: the same results give the same comparison to the last bit.
//
// docs/compare.md explains the method to those who read its tables.
package compare

import (
	"time"

	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/metrics"
)

// A Result is one run as far as it can be compared: of this program (see [FromRun]) or, read by package foreign, of
// another.
type Result struct {
	Name       string // what the reader calls it: a file name
	Tool       string // "promptmill 0.1.0", "vLLM bench serve", ...
	Model      string
	StartedAt  time.Time // zero where the result does not tell
	Conditions []conditions.Condition
	Benchmarks []Benchmark
	Notes      []string // sentences about what the result does not carry, or means by a name
	Foreign    bool     // measured by another program, with its own definitions
}

// A Benchmark is one strategy at one load. A figure that the result does not carry is NaN, and a distribution without
// samples has a Count of 0.
type Benchmark struct {
	metrics.Benchmark
	Requests *Requests // nil where the result has figures only: then nothing can be said of chance
}

// Requests are the answers of a benchmark in the order of sending, by column. A request without a value has NaN there:
// an error, or an answer of one token where a metric takes two.
type Requests struct {
	Keys   []uint64             // what a request of another run must have, too, to be the same: place and prompt; 0 is unknown
	Values map[string][]float64 // by metric, in seconds
	Slices []Slice              // the measured window in pieces of equal length; nil where the instants are not known
}

// A Slice is a piece of the measured window.
type Slice struct {
	Requests, OutputTokens float64 // that ended in it
}
