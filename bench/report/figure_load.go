package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A loadAxis is what a figure calls load: a measured quantity, so that closed and open loops share the axis.
type loadAxis struct {
	class string // of the figures that use it
	label string
	value func(b *metrics.Benchmark) float64
}

var loadAxes = []loadAxis{
	{"x-inflight", "requests in flight (average)", func(b *metrics.Benchmark) float64 { return b.Concurrency }},
	{"x-rate", "requests completed per second", func(b *metrics.Benchmark) float64 { return b.RequestsPerSecond }},
}

// A quantity is what a figure shows over load: a distribution of times, or one figure.
type quantity struct {
	id, title string
	dist      func(b *metrics.Benchmark) metrics.Dist // nil for a single figure
	single    func(b *metrics.Benchmark) float64
	unit      string
}

var quantities = []quantity{
	{id: "throughput", title: "Throughput against load", unit: "output tokens/s",
		single: func(b *metrics.Benchmark) float64 { return b.OutputTokensPerSecond }},
	{id: "ttft", title: "TTFT against load", unit: "time to first token",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.TTFT }},
	{id: "latency", title: "Latency against load", unit: "request latency",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.Latency }},
	{id: "tpot", title: "TPOT against load", unit: "time per output token",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.TPOT }},
}

// values are the middle and the upper end of q for b; ok is whether b has any.
func (q quantity) values(b *metrics.Benchmark) (mid, high float64, ok bool) {
	if q.dist == nil {
		v := q.single(b)
		return v, v, b.Counts.OK > 0
	}
	d := q.dist(b)
	return d.P50, d.P99, d.Count > 0
}

func (q quantity) label(v float64) string {
	if q.dist == nil {
		return tickNumber(v)
	}
	return tickTime(v)
}

// tip is what the point of b says.
func (q quantity) tip(b *metrics.Benchmark) string {
	if q.dist == nil {
		return fmt.Sprintf("%s: %s %s, %s req/s, %s in flight", b.Name, number(q.single(b)), q.unit,
			number(b.RequestsPerSecond), number(b.Concurrency))
	}
	d := q.dist(b)
	return fmt.Sprintf("%s: p50 %s, p95 %s, p99 %s, %s in flight", b.Name, p50(d), p95(d), p99(d), number(b.Concurrency))
}

// loadFigures are the figures of every quantity over every axis; none when fewer than two benchmarks had a success.
func loadFigures(s *metrics.Summary) []figure {
	if len(levels(s, false))+len(levels(s, true)) < 2 {
		return nil
	}
	var fs []figure
	for _, x := range loadAxes {
		for _, q := range quantities {
			if anyOf(s, func(b *metrics.Benchmark) bool { _, _, ok := q.values(b); return ok }) {
				fs = append(fs, loadFigure(s, q, x))
			}
		}
	}
	return fs
}

// headroom keeps the label of the highest point below the top of the plot.
const headroom = 1.06

func loadFigure(s *metrics.Summary, q quantity, x loadAxis) figure {
	f := figure{ID: q.id + "-" + x.class, Class: x.class, Title: q.title, XLabel: x.label, YLabel: q.unit}
	var maxX, maxY float64
	for i := range s.Benchmarks {
		if _, high, ok := q.values(&s.Benchmarks[i]); ok {
			maxX, maxY = max(maxX, x.value(&s.Benchmarks[i])), max(maxY, high)
		}
	}
	c := loadChart{figure: &f, q: q, x: x, xs: linear(maxX, plotLeft, plotRight), ys: linear(maxY*headroom, plotBottom, plotTop)}
	f.XTicks, f.YTicks = axis(c.xs, tickNumber), axis(c.ys, q.label)
	c.series(0, "closed loop", levels(s, false))
	c.series(1, "open loop", levels(s, true))
	if len(f.Legend) == 1 {
		f.Legend = nil
	}
	if q.dist != nil {
		f.YLabel += ", p50 with band to p99"
	}
	f.Desc = describe(f.Marks)
	dropCrowded(f.Marks)
	return f
}

// A loadChart adds series to a figure.
type loadChart struct {
	*figure
	q      quantity
	x      loadAxis
	xs, ys scale
}

func (c *loadChart) series(n int, name string, ls []level) {
	sorted := slices.DeleteFunc(slices.Clone(ls), func(l level) bool { _, _, ok := c.q.values(l.Benchmark); return !ok })
	slices.SortStableFunc(sorted, func(a, b level) int { return cmp.Compare(c.x.value(a.Benchmark), c.x.value(b.Benchmark)) })
	if len(sorted) == 0 {
		return
	}
	class := seriesClass(n)
	var xs, mids, highs []px
	for _, l := range sorted {
		mid, high, _ := c.q.values(l.Benchmark)
		at, y := c.xs.at(c.x.value(l.Benchmark)), c.ys.at(mid)
		xs, mids, highs = append(xs, at), append(mids, y), append(highs, c.ys.at(high))
		m := mark{shape{marker(n, at, y), class}, at, y, c.q.tip(l.Benchmark), shortName(l.Benchmark)}
		if len(l.ClientLimited) > 0 {
			m.Class, m.Tip = m.Class+" hollow", m.Tip+" (client-limited)"
		}
		c.Marks = append(c.Marks, m)
	}
	c.lines(class, xs, mids, highs)
	c.Legend = append(c.Legend, legend{name, class, shape{marker(n, 0, 0), class}})
	if at, _, ok := saturated(ls); ok && c.q.dist == nil {
		c.Rules = append(c.Rules, rulerLine{c.xs.at(c.x.value(at.Benchmark)), "saturation"})
	}
}

// lines draws the series. The band of a single point is a whisker.
func (c *loadChart) lines(class string, xs, mids, highs []px) {
	if len(xs) > 1 {
		c.Lines = append(c.Lines, shape{points(xs, mids), class})
	}
	switch {
	case c.q.dist == nil:
	case len(xs) > 1:
		c.Bands = append(c.Bands, shape{band(xs, highs, mids), class})
	default:
		c.Lines = append(c.Lines, shape{fmt.Sprintf("M%s %sL%s %sm-5 0h10", xs[0], mids[0], xs[0], highs[0]), class + " thin"})
	}
}

// shortName is a label for a point: "sync", "max", "c8", "4/s".
func shortName(b *metrics.Benchmark) string {
	switch {
	case openLoop(b):
		return tickNumber(b.TargetRate) + "/s"
	case b.Strategy == "synchronous":
		return "sync"
	case b.TargetConcurrency > 0:
		return fmt.Sprintf("c%d", b.TargetConcurrency)
	}
	return "max"
}

func describe(marks []mark) string {
	tips := make([]string, len(marks))
	for i, m := range marks {
		tips[i] = m.Tip
	}
	return strings.Join(tips, "; ")
}

// dropCrowded takes away labels that would cover one that stays.
func dropCrowded(marks []mark) {
	for i := range marks {
		for j := range i {
			dx, dy := marks[i].X-marks[j].X, marks[i].Y-marks[j].Y
			if marks[j].Label != "" && max(dx, -dx) < 34 && max(dy, -dy) < 15 {
				marks[i].Label = ""
			}
		}
	}
}
