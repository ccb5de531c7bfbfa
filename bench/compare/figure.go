package compare

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// dists are the metrics that have percentiles, by name: the measures, and two that are no property of one request.
var dists = func() map[string]func(b *metrics.Benchmark) *metrics.Dist {
	all := map[string]func(b *metrics.Benchmark) *metrics.Dist{
		"chunk_gap": func(b *metrics.Benchmark) *metrics.Dist { return &b.ChunkGap },
		"send_lag":  func(b *metrics.Benchmark) *metrics.Dist { return &b.SendLag },
	}
	for _, m := range metrics.Measures {
		all[m.Name] = m.Dist
	}
	return all
}()

// moments are what there is of a distribution beside percentiles.
var moments = map[string]func(d *metrics.Dist) float64{
	"mean": func(d *metrics.Dist) float64 { return d.Mean },
	"std":  func(d *metrics.Dist) float64 { return d.Std },
	"min":  func(d *metrics.Dist) float64 { return d.Min },
	"max":  func(d *metrics.Dist) float64 { return d.Max },
}

// scalars are the metrics that are one number.
var scalars = map[string]struct {
	kind Kind
	of   func(b *metrics.Benchmark) float64
}{
	"output_tokens_per_second": {PerSecond, func(b *metrics.Benchmark) float64 { return b.OutputTokensPerSecond }},
	"total_tokens_per_second":  {PerSecond, func(b *metrics.Benchmark) float64 { return b.TotalTokensPerSecond }},
	"requests_per_second":      {PerSecond, func(b *metrics.Benchmark) float64 { return b.RequestsPerSecond }},
	"error_rate":               {Share, errorRate},
	"accuracy": {Share, func(b *metrics.Benchmark) float64 {
		if b.Accuracy == nil {
			return math.NaN()
		}
		return *b.Accuracy
	}},
}

func errorRate(b *metrics.Benchmark) float64 {
	if b.Counts.Total == 0 {
		return math.NaN()
	}
	return float64(b.Counts.Errors) / float64(b.Counts.Total)
}

// kind is how the values of a figure are counted; ok is false for one that there is not.
func (f Figure) kind() (k Kind, ok bool) {
	if s, scalar := scalars[f.Metric]; scalar {
		return s.kind, f.Stat == ""
	}
	if dists[f.Metric] == nil {
		return 0, false
	}
	if f.Metric == "gen_speed" {
		k = PerSecond
	}
	return k, slices.Contains(statistics(), f.Stat)
}

// statistics are the names of what is taken of a distribution.
func statistics() []string {
	var names []string
	for _, p := range percentiles {
		names = append(names, p.name)
	}
	return append(append(names, "paired"), slices.Sorted(maps.Keys(moments))...)
}

// metricNames are the names of all metrics, for messages.
func metricNames() string {
	names := slices.Concat(slices.Collect(maps.Keys(dists)), slices.Collect(maps.Keys(scalars)))
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// value is the figure in b, NaN where b has none, and how many samples are behind it. least is how many it takes.
func (f Figure) value(b *Benchmark) (v float64, samples, least int) {
	if s, ok := scalars[f.Metric]; ok {
		return s.of(&b.Benchmark), b.Counts.Total, 0
	}
	d := dists[f.Metric](&b.Benchmark)
	if d.Count == 0 {
		return math.NaN(), 0, 0
	}
	if of, ok := moments[f.Stat]; ok {
		return of(d), d.Count, 0
	}
	for _, p := range percentiles {
		if p.name == f.Stat {
			return p.of(d), d.Count, metrics.MinSamples(p.percent)
		}
	}
	return math.NaN(), d.Count, 0
}

// String is the name of the figure as gates have it: "ttft.p99".
func (f Figure) String() string {
	if f.Stat == "" {
		return f.Metric
	}
	return f.Metric + "." + f.Stat
}
