package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A level is one benchmark and the load that it put on the server: slots in a closed loop, requests/s asked for
// in an open one.
type level struct {
	*metrics.Benchmark
	n    int // of the benchmark in its summary
	load float64
}

// A ladder is the benchmarks of a run that differ in their load alone, by rising load: one kind of schedule, with the
// same shape and the same options. Only they tell what more load does.
type ladder struct {
	name   string // "closed loop", "open loop max-tokens=20"
	open   bool
	levels []level
}

// ladders are those of the benchmarks that had a success, closed loops first.
func ladders(s *metrics.Summary) []ladder {
	var out []ladder
	strategies := openStrategies(s)
	for _, open := range []bool{false, true} {
		at := map[string]int{}
		for i := range s.Benchmarks {
			b := &s.Benchmarks[i]
			if openLoop(b) != open || b.Counts.OK == 0 {
				continue
			}
			name := ladderName(b, strategies > 1)
			n, known := at[name]
			if !known {
				n = len(out)
				at[name] = n
				out = append(out, ladder{name: name, open: open})
			}
			out[n].levels = append(out[n].levels, level{b, i, offered(b)})
		}
	}
	for _, l := range out {
		slices.SortStableFunc(l.levels, func(a, b level) int { return cmp.Compare(a.load, b.load) })
	}
	return out
}

// openStrategies counts the kinds of schedule in s.
func openStrategies(s *metrics.Summary) int {
	seen := map[string]bool{}
	for i := range s.Benchmarks {
		if b := &s.Benchmarks[i]; openLoop(b) && b.Counts.OK > 0 {
			seen[b.Strategy] = true
		}
	}
	return len(seen)
}

// ladderName is all of the load of b but how much of it; several says that there are open loops of another kind.
func ladderName(b *metrics.Benchmark, several bool) string {
	parts := []string{"closed loop"}
	switch {
	case openLoop(b) && several:
		parts[0] = b.Strategy
	case openLoop(b):
		parts[0] = "open loop"
	}
	if b.Shape != "" {
		parts = append(parts, b.Shape)
	}
	if b.Cap > 0 {
		parts = append(parts, "at most", strconv.Itoa(b.Cap))
	}
	for _, option := range slices.Sorted(maps.Keys(b.Vary)) {
		parts = append(parts, option+"="+b.Vary[option])
	}
	return strings.Join(parts, " ")
}

// clean is l without the levels that the client may have limited: they say nothing of the server.
func (l ladder) clean() []level {
	return slices.DeleteFunc(slices.Clone(l.levels), func(at level) bool { return len(at.ClientLimited) > 0 })
}

// offered is the load that b asked for. A closed loop without a number of slots has as many as were ever used.
func offered(b *metrics.Benchmark) float64 {
	switch {
	case openLoop(b):
		return askedRate(b)
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
