package compare

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// A Direction says what a change for the better is.
type Direction int

// Directions.
const (
	LowerIsBetter Direction = iota
	HigherIsBetter
)

func measureOf(name string) (metrics.Measure, bool) {
	i := slices.IndexFunc(metrics.Measures[:], func(m metrics.Measure) bool { return m.Name == name })
	if i < 0 {
		return metrics.Measure{}, false
	}
	return metrics.Measures[i], true
}

// blankOf is the [blank] row of a measure: what takes time is better when it takes less, a speed when it is higher.
func blankOf(m metrics.Measure, stat string) Row {
	if m.Unit == "s" {
		return blank(m.Name, stat, Seconds, LowerIsBetter)
	}
	return blank(m.Name, stat, PerSecond, HigherIsBetter)
}

// sampleOf is the measure of one request; NaN where it has none.
func sampleOf(m *metrics.Measure, r *results.Record) float64 {
	if v, ok := m.Of(r); ok {
		return v
	}
	return math.NaN()
}

// A rate is a figure of a whole benchmark that is better when it is higher.
type rate struct {
	name  string
	of    func(b *metrics.Benchmark) float64
	slice func(s Slice) float64
}

var rates = []rate{
	{"output_tokens_per_second", func(b *metrics.Benchmark) float64 { return b.OutputTokensPerSecond }, func(s Slice) float64 { return s.OutputTokens }},
	{"requests_per_second", func(b *metrics.Benchmark) float64 { return b.RequestsPerSecond }, func(s Slice) float64 { return s.Requests }},
}

func rateOf(name string) (rate, bool) {
	i := slices.IndexFunc(rates, func(r rate) bool { return r.name == name })
	if i < 0 {
		return rate{}, false
	}
	return rates[i], true
}
