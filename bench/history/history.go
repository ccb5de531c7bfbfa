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
	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/metrics"
)

// An Entry is one benchmark of one run. Times are in seconds; a figure that the run has not is NaN.
type Entry struct {
	File      string
	StartedAt time.Time // zero where the result does not tell
	Tool      string    // with its version and commit
	Model     string
	Benchmark string // strategy and load
	Repeat    int    // from 2 on, where the run has several of that load; 0 for the first
	Counts    metrics.Counts
	Figures   map[string]float64 // by name, those of Figures
	Unsure    map[string]bool    // of the figures, those that so few requests do not bound at 99 % confidence
	Limited   bool               // the client may have set the figures

	Conditions []conditions.Condition
}

// A Figure is what is followed over time.
type Figure struct {
	Name string // "ttft.p50"
	of   func(b *metrics.Benchmark) float64
	dist func(b *metrics.Benchmark) metrics.Dist // that it is a percentile of; nil for none
	p    float64
}

// Figures are what is followed, in the order of tables.
var Figures = []Figure{
	{"ttft.p50", func(b *metrics.Benchmark) float64 { return known(b.TTFT, b.TTFT.P50) }, ttft, 50},
	{"ttft.p99", func(b *metrics.Benchmark) float64 { return known(b.TTFT, b.TTFT.P99) }, ttft, 99},
	{"tpot.p50", func(b *metrics.Benchmark) float64 { return known(b.TPOT, b.TPOT.P50) }, tpot, 50},
	{"latency.p50", func(b *metrics.Benchmark) float64 { return known(b.Latency, b.Latency.P50) }, latency, 50},
	{"latency.p99", func(b *metrics.Benchmark) float64 { return known(b.Latency, b.Latency.P99) }, latency, 99},
	{"output_tokens_per_second", func(b *metrics.Benchmark) float64 {
		if b.Counts.OK == 0 {
			return math.NaN()
		}
		return b.OutputTokensPerSecond
	}, nil, 0},
	{"error_rate", func(b *metrics.Benchmark) float64 {
		if b.Counts.Total == 0 {
			return math.NaN()
		}
		return float64(b.Counts.Errors) / float64(b.Counts.Total)
	}, nil, 0},
}

func ttft(b *metrics.Benchmark) metrics.Dist    { return b.TTFT }
func tpot(b *metrics.Benchmark) metrics.Dist    { return b.TPOT }
func latency(b *metrics.Benchmark) metrics.Dist { return b.Latency }

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
			File: r.Name, StartedAt: r.StartedAt, Tool: r.Tool, Model: r.Model, Benchmark: b.Load(), Repeat: b.Repeat, Counts: b.Counts,
			Figures: map[string]float64{}, Unsure: map[string]bool{}, Limited: len(b.ClientLimited) > 0, Conditions: r.Conditions,
		}
		for _, f := range Figures {
			e.Figures[f.Name] = f.of(b)
			if f.dist != nil && f.dist(b).Count > 0 && f.dist(b).Certified < f.p {
				e.Unsure[f.Name] = true
			}
		}
		out = append(out, e)
	}
	return out
}

// A Series is a model that did the same work under one load, over time.
type Series struct {
	Model, Benchmark string
	Work             []conditions.Condition // what tells it from other series of the same model and load: "max-tokens", "prompts"
	Entries          []Entry                // the earliest first
}

// Group puts entries into series, sorted by model, load and work, whatever their order. Runs of different work, whose
// figures do not compare, are in different series.
func Group(entries []Entry) []Series {
	byName := map[[3]string]*Series{}
	var all []*Series
	for i := range entries {
		e := &entries[i]
		work := decisive(e.Conditions)
		key := [3]string{e.Model, e.Benchmark, text(work)}
		s := byName[key]
		if s == nil {
			s = &Series{Model: e.Model, Benchmark: e.Benchmark, Work: work}
			byName[key] = s
			all = append(all, s)
		}
		s.Entries = append(s.Entries, *e)
	}
	out := make([]Series, 0, len(all))
	for _, s := range all {
		slices.SortStableFunc(s.Entries, func(a, b Entry) int {
			return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.File, b.File))
		})
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Benchmark, b.Benchmark), cmp.Compare(text(a.Work), text(b.Work)))
	})
	tellApart(out)
	return out
}

// decisive are the conditions that make the work what it is, but for the model, which a series has anyway.
func decisive(all []conditions.Condition) []conditions.Condition {
	return slices.DeleteFunc(slices.Clone(all), func(c conditions.Condition) bool { return !c.Decisive || c.Name == "model" })
}

func text(work []conditions.Condition) string {
	var b strings.Builder
	for _, c := range work {
		b.WriteString(c.Name + "\x00" + c.Value + "\x00")
	}
	return b.String()
}

// tellApart leaves of the work of each series what is not the same in all of its model and load. They are sorted.
func tellApart(all []Series) {
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Model == all[0].Model && all[n].Benchmark == all[0].Benchmark {
			n++
		}
		differs := map[string]bool{}
		for i := 1; i < n; i++ {
			for _, d := range conditions.Differences(all[0].Work, all[i].Work) {
				differs[d.Name] = true
			}
		}
		for i := range n {
			all[i].Work = slices.DeleteFunc(all[i].Work, func(c conditions.Condition) bool { return !differs[c.Name] })
		}
		all = all[n:]
	}
}

// A Change is a condition that is not what it was in the run before: the figures may have moved because of it.
type Change struct {
	File  string // the first that has it
	Name  string // "tool", "target", ...
	Value string
}

// noted are the conditions whose changes are told, beside those that make it another series.
var noted = []string{"tool", "engine", "target", "host"}

// Changes are where the entries were made with another tool, server or machine than the one before.
func (s *Series) Changes() []Change {
	var out []Change
	for i := 1; i < len(s.Entries); i++ {
		for _, d := range conditions.Differences(s.Entries[i-1].Conditions, s.Entries[i].Conditions) {
			if slices.Contains(noted, d.Name) && d.Known() {
				out = append(out, Change{s.Entries[i].File, d.Name, d.Other})
			}
		}
	}
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
	half := most/2 - least/2 // of the reach, which may be more than there are numbers for; 0 also where that is next to nothing
	var b strings.Builder
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			b.WriteRune(' ')
		case half == 0:
			b.WriteRune(sparks[len(sparks)/2-1])
		default:
			b.WriteRune(sparks[int(math.Round((v/2-least/2)/half*float64(len(sparks)-1)))])
		}
	}
	return b.String()
}
