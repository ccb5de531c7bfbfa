// Package history puts the results of many runs in the order of time, so that a slow drift is seen, which no two of
// them show.
package history

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/metrics"
)

// An Entry is one benchmark of one run. Times are in seconds; a figure that the run has not is NaN.
type Entry struct {
	File      string
	StartedAt time.Time // zero where the result does not tell
	Tool      string    // with its version and commit
	Model     string
	Benchmark string // strategy and load
	Counts    metrics.Counts
	Figures   map[string]float64 // by name, those of Figures
	Limited   bool               // the client may have set the figures
}

// A Figure is what is followed over time.
type Figure struct {
	Name   string // "ttft.p50"
	Better compare.Direction
	of     func(b *metrics.Benchmark) float64
}

// Figures are what is followed, in the order of tables.
var Figures = []Figure{
	{"ttft.p50", compare.LowerIsBetter, func(b *metrics.Benchmark) float64 { return known(b.TTFT, b.TTFT.P50) }},
	{"ttft.p99", compare.LowerIsBetter, func(b *metrics.Benchmark) float64 { return known(b.TTFT, b.TTFT.P99) }},
	{"tpot.p50", compare.LowerIsBetter, func(b *metrics.Benchmark) float64 { return known(b.TPOT, b.TPOT.P50) }},
	{"latency.p50", compare.LowerIsBetter, func(b *metrics.Benchmark) float64 { return known(b.Latency, b.Latency.P50) }},
	{"latency.p99", compare.LowerIsBetter, func(b *metrics.Benchmark) float64 { return known(b.Latency, b.Latency.P99) }},
	{"output_tokens_per_second", compare.HigherIsBetter, func(b *metrics.Benchmark) float64 {
		if b.Counts.OK == 0 {
			return math.NaN()
		}
		return b.OutputTokensPerSecond
	}},
	{"error_rate", compare.LowerIsBetter, func(b *metrics.Benchmark) float64 {
		if b.Counts.Total == 0 {
			return math.NaN()
		}
		return float64(b.Counts.Errors) / float64(b.Counts.Total)
	}},
}

func known(d metrics.Dist, v float64) float64 {
	if d.Count == 0 {
		return math.NaN()
	}
	return v
}

// Of returns an entry for each benchmark of a result.
func Of(r *compare.Result) []Entry {
	var out []Entry
	for i := range r.Benchmarks {
		b := &r.Benchmarks[i].Benchmark
		e := Entry{
			File: r.Name, StartedAt: r.StartedAt, Tool: r.Tool, Model: r.Model, Benchmark: b.Name, Counts: b.Counts,
			Figures: map[string]float64{}, Limited: len(b.ClientLimited) > 0,
		}
		for _, f := range Figures {
			e.Figures[f.Name] = f.of(b)
		}
		out = append(out, e)
	}
	return out
}

// A Series is a model under one load, over time.
type Series struct {
	Model, Benchmark string
	Entries          []Entry // the earliest first
}

// Group puts entries into series, sorted by model and load, whatever their order.
func Group(entries []Entry) []Series {
	byName := map[[2]string]*Series{}
	var all []*Series
	for _, e := range entries {
		key := [2]string{e.Model, e.Benchmark}
		s := byName[key]
		if s == nil {
			s = &Series{Model: e.Model, Benchmark: e.Benchmark}
			byName[key] = s
			all = append(all, s)
		}
		s.Entries = append(s.Entries, e)
	}
	out := make([]Series, 0, len(all))
	for _, s := range all {
		slices.SortStableFunc(s.Entries, func(a, b Entry) int {
			return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.File, b.File))
		})
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Benchmark, b.Benchmark))
	})
	return out
}

// Values are a figure over time, NaN where an entry has none.
func (s *Series) Values(figure string) []float64 {
	out := make([]float64, len(s.Entries))
	for i := range s.Entries {
		out[i] = s.Entries[i].Figures[figure]
	}
	return out
}

// sparks are the heights of a sparkline.
var sparks = []rune("▁▂▃▄▅▆▇█")

// Sparkline draws values as one character each, the least lowest and the greatest highest; values that are all alike
// are in the middle, and a space stands for one that is not known.
func Sparkline(values []float64) string {
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			least, most = min(least, v), max(most, v)
		}
	}
	var b strings.Builder
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			b.WriteRune(' ')
		case most == least:
			b.WriteRune(sparks[len(sparks)/2-1])
		default:
			b.WriteRune(sparks[int(math.Round((v/2-least/2)/(most/2-least/2)*float64(len(sparks)-1)))]) // halves do not overflow
		}
	}
	return b.String()
}
