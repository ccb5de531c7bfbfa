package report

import (
	"cmp"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A level is one benchmark and the load that it put on the server: slots in a closed loop, requests/s asked for
// in an open one.
type level struct {
	*metrics.Benchmark
	n    int // of the benchmark in its summary
	load float64
}

// levels are the benchmarks of one kind of loop that had a success, by rising load.
func levels(s *metrics.Summary, open bool) []level {
	var ls []level
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if openLoop(b) != open || b.Counts.OK == 0 {
			continue
		}
		ls = append(ls, level{b, i, offered(b)})
	}
	slices.SortStableFunc(ls, func(a, b level) int { return cmp.Compare(a.load, b.load) })
	return ls
}

// offered is the load that b asked for. A closed loop without a number of slots has as many as were ever used.
func offered(b *metrics.Benchmark) float64 {
	switch {
	case openLoop(b):
		return b.TargetRate
	case b.TargetConcurrency > 0:
		return float64(b.TargetConcurrency)
	}
	return float64(max(b.ConcurrencyMax, 1))
}

const (
	loadStep    = 1.3 // two levels differ when one offers this much more
	plateauGain = 1.1 // throughput that grows less than this over such a step has stopped growing
)

// saturated finds the first level after which more load brought no more output, and the level that shows it.
// ls is sorted by load.
func saturated(ls []level) (at, beyond level, ok bool) {
	for i, at := range ls {
		next := slices.IndexFunc(ls[i:], func(l level) bool { return l.load >= loadStep*at.load })
		if next < 0 {
			break
		}
		if beyond := ls[i+next]; throughput(at.Benchmark) > 0 && throughput(beyond.Benchmark) < plateauGain*throughput(at.Benchmark) {
			return at, beyond, true
		}
	}
	return level{}, level{}, false
}

// throughput is output tokens/s, or requests/s where no tokens were counted.
func throughput(b *metrics.Benchmark) float64 {
	if b.OutputTokensPerSecond > 0 {
		return b.OutputTokensPerSecond
	}
	return b.RequestsPerSecond
}
