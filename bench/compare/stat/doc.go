// Package stat is the statistics of comparing two runs: rank tests, intervals, and what the order of the requests
// takes from them. Its functions are pure and keep nothing; random ones take their generator.
//
// The requests of a run are no independent samples: a queue or a busy minute is in all the requests that met it. Every
// test here therefore counts a run as the number of independent requests that would say as much: its length divided
// by the autocorrelation time of the scores that the test adds up, in the order of sending ([Slowness]).
package stat

import "math"

// normalP is the two-sided probability of a standard normal variable as far out as z.
func normalP(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }
