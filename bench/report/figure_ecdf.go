package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// curvePoints is how many points a distribution is drawn with: more would not be seen.
const curvePoints = 160

// A measure is a time of one request, and the exact distribution of it.
type measure struct {
	id, title, label string
	of               func(x *Sample) (float64, bool)
	dist             func(b *metrics.Benchmark) metrics.Dist
}

var measures = []measure{
	{"ecdf-ttft", "TTFT: share of requests within a time", "time to first token",
		func(x *Sample) (float64, bool) { return x.First - x.Sent, x.First > 0 },
		func(b *metrics.Benchmark) metrics.Dist { return b.TTFT }},
	{"ecdf-latency", "Latency: share of requests within a time", "request latency",
		func(x *Sample) (float64, bool) { return x.Done - x.Sent, x.Done > 0 && !x.empty() },
		func(b *metrics.Benchmark) metrics.Dist { return b.Latency }},
}

// distributionFigures show the share of requests that were served within a time.
func distributionFigures(s *metrics.Summary, samples []Sample) []figure {
	var fs []figure
	for _, m := range measures {
		if anyOf(s, func(b *metrics.Benchmark) bool { return m.dist(b).Count > 0 }) {
			fs = append(fs, m.figure(s, samples))
		}
	}
	return fs
}

func (m measure) figure(s *metrics.Summary, samples []Sample) figure {
	f := figure{ID: m.id, Title: m.title, XLabel: m.label, YLabel: "share of requests"}
	lo, hi := math.Inf(1), 0.0
	for i := range s.Benchmarks {
		if d := m.dist(&s.Benchmarks[i]); d.Count > 0 {
			lo, hi = min(lo, d.Min), max(hi, d.Max)
		}
	}
	xs, ys := between(lo, hi, plotLeft, plotRight), linear(1, plotBottom, plotTop)
	f.XTicks, f.YTicks = axis(xs, tickTime), axis(ys, percent)
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if d := m.dist(b); d.Count > 0 {
			values, shares := m.curve(samples, b.Index, d)
			f.Lines = append(f.Lines, shape{climb(xs, ys, values, shares), dashClass(i)})
			f.Marks = append(f.Marks, quantileMarks(b.Name, i, d, xs, ys)...)
			f.Legend = append(f.Legend, legend{b.Name, dashClass(i), shape{marker(i, 0, 0), seriesClass(i)}})
		}
	}
	f.Desc = describe(f.Marks)
	return f
}

// curve is the distribution of m in the benchmark of that index: from the samples, or where there are none from the percentiles.
func (m measure) curve(samples []Sample, index int, d metrics.Dist) (values, shares []float64) {
	for j := range samples {
		x := &samples[j]
		if v, ok := m.of(x); ok && x.Benchmark == index && x.Status == results.StatusOK {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return []float64{d.Min, d.P50, d.P90, d.P95, d.P99, d.P999, d.Max}, []float64{0, 0.5, 0.9, 0.95, 0.99, 0.999, 1}
	}
	slices.Sort(values)
	return thinCurve(values)
}

// thinCurve takes evenly spaced points of sorted values, both ends included.
func thinCurve(sorted []float64) (values, shares []float64) {
	n := len(sorted)
	count := min(n, curvePoints)
	for k := range count {
		i := n - 1
		if count > 1 {
			i = k * (n - 1) / (count - 1)
		}
		values, shares = append(values, sorted[i]), append(shares, float64(i+1)/float64(n))
	}
	return values, shares
}

// climb draws a distribution: from nothing at its least value up.
func climb(xs, ys scale, values, shares []float64) string {
	across, up := []px{xs.at(values[0])}, []px{ys.at(0)}
	for i := range values {
		across, up = append(across, xs.at(values[i])), append(up, ys.at(shares[i]))
	}
	return points(across, up)
}

func quantileMarks(name string, n int, d metrics.Dist, xs, ys scale) []mark {
	var ms []mark
	for _, q := range []struct{ p, v float64 }{{50, d.P50}, {90, d.P90}, {95, d.P95}, {99, d.P99}} {
		x, y := xs.at(q.v), ys.at(q.p/100)
		ms = append(ms, mark{shape{marker(n, x, y), seriesClass(n)}, x, y,
			fmt.Sprintf("%s: %s %% within %s", name, exact(q.p), percentile(d, q.p, q.v)), ""})
	}
	return ms
}
