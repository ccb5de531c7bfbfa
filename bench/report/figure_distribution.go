package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// A measure is a time of one request, and the exact distribution of it.
type measure struct {
	id, title, label string
	short            string // in the middle of a sentence
	of               func(x *Sample) (float64, bool)
	dist             func(b *metrics.Benchmark) metrics.Dist
}

var measures = []measure{
	{"ttft", "TTFT", "time to first token", "TTFT",
		func(x *Sample) (float64, bool) { return x.First - x.Sent, x.First > 0 },
		func(b *metrics.Benchmark) metrics.Dist { return b.TTFT }},
	{"latency", "Latency", "request latency", "latency",
		func(x *Sample) (float64, bool) { return x.Done - x.Sent, x.Done > 0 && !x.Empty },
		func(b *metrics.Benchmark) metrics.Dist { return b.Latency }},
	{"tpot", "TPOT", "time per output token", "TPOT",
		func(x *Sample) (float64, bool) {
			return (x.Last - x.First) / float64(x.OutputTokens-1), x.First > 0 && x.OutputTokens > 1
		},
		func(b *metrics.Benchmark) metrics.Dist { return b.TPOT }},
}

// distributionFigures show how the times of single requests are spread: as a curve, and where there are samples as a
// histogram beside it.
func distributionFigures(s *metrics.Summary, samples []Sample) []figure {
	var fs []figure
	for _, m := range measures {
		if !anyOf(s, func(b *metrics.Benchmark) bool { return m.dist(b).Count > 0 }) {
			continue
		}
		fs = append(fs, m.curveFigure(s, samples))
		if f, ok := m.histogram(s, samples); ok {
			fs = append(fs, f)
		}
	}
	return fs
}

// scale is the axis of times of all figures of m.
func (m measure) scale(s *metrics.Summary) scale {
	lo, hi := math.Inf(1), 0.0
	for i := range s.Benchmarks {
		if d := m.dist(&s.Benchmarks[i]); d.Count > 0 {
			lo, hi = min(lo, d.Min), max(hi, d.Max)
		}
	}
	return between(lo, hi, plotLeft, plotRight)
}

// A weighted value stands for that many requests.
type weighted struct{ value, weight float64 }

// values are those of m in the answers of the benchmark of that index, sorted.
func (m measure) values(samples []Sample, index int) []weighted {
	var vs []weighted
	for j := range samples {
		x := &samples[j]
		if v, ok := m.of(x); ok && x.Benchmark == index && x.Status == results.StatusOK {
			vs = append(vs, weighted{v, x.Weight})
		}
	}
	slices.SortFunc(vs, func(a, b weighted) int { return cmp.Compare(a.value, b.value) })
	return vs
}
