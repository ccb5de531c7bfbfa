package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
	label     string
	unit      unit                            // of a single figure
	when      func(b *metrics.Benchmark) bool // nil: whenever b has a success
	zero      bool                            // zero everywhere says something too
}

var quantities = []quantity{
	{id: "throughput", title: "Throughput against load", label: "output tokens/s", unit: inNumber,
		single: func(b *metrics.Benchmark) float64 { return b.OutputTokensPerSecond }},
	{id: "ttft", title: "TTFT against load", label: "time to first token",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.TTFT }},
	{id: "latency", title: "Latency against load", label: "request latency",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.Latency }},
	{id: "tpot", title: "TPOT against load", label: "time per output token",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.TPOT }},
	{id: "accuracy", title: "Accuracy against load", label: "share of answers that match", unit: inShare,
		single: func(b *metrics.Benchmark) float64 { return *b.Accuracy },
		when:   func(b *metrics.Benchmark) bool { return b.Accuracy != nil }, zero: true},
	{id: "errors", title: "Errors against load", label: "share of requests that failed", unit: inShare,
		single: func(b *metrics.Benchmark) float64 { return share(b.Counts.Errors, b.Counts.Total) },
		when:   func(b *metrics.Benchmark) bool { return b.Counts.Total > 0 }},
}

// clientQuantities are about the client, not the server.
var clientQuantities = []quantity{
	{id: "lag", title: "Send lag against load", label: "time a request was sent late",
		dist: func(b *metrics.Benchmark) metrics.Dist { return b.SendLag }},
	{id: "cpu", title: "Client CPU against load", label: "cores in use", unit: inNumber,
		single: func(b *metrics.Benchmark) float64 { return b.Health.CPUSeconds / b.Health.WallSeconds },
		when:   func(b *metrics.Benchmark) bool { return b.Health.WallSeconds > 0 }},
}

// values are the middle and the upper end of q for b; ok is whether b has any.
func (q quantity) values(b *metrics.Benchmark) (mid, high float64, ok bool) {
	if q.dist != nil {
		d := q.dist(b)
		return d.P50, d.P99, d.Count > 0
	}
	if b.Counts.OK == 0 || q.when != nil && !q.when(b) {
		return 0, 0, false
	}
	v := q.single(b)
	return v, v, true
}

// shows says whether a figure of q has anything to say about s.
func (q quantity) shows(s *metrics.Summary) bool {
	return anyOf(s, func(b *metrics.Benchmark) bool { _, high, ok := q.values(b); return ok && (high > 0 || q.zero) })
}

// tip is what the point of b says.
func (q quantity) tip(b *metrics.Benchmark) string {
	if q.dist == nil {
		value := number
		if q.unit.name == inShare.name {
			value = percent
		}
		return fmt.Sprintf("%s: %s %s, %s req/s, %s in flight", b.Name, value(q.single(b)), q.label,
			number(b.RequestsPerSecond), number(b.Concurrency))
	}
	d := q.dist(b)
	return fmt.Sprintf("%s: p50 %s, p95 %s, p99 %s, %s in flight", b.Name, p50(d), p95(d), p99(d), number(b.Concurrency))
}

// loadFigures are the figures of every quantity over every axis; none when fewer than two benchmarks had a success.
func loadFigures(s *metrics.Summary, qs []quantity) []figure {
	if succeeded := sum(s, func(b *metrics.Benchmark) int { return min(b.Counts.OK, 1) }); succeeded < 2 {
		return nil
	}
	var fs []figure
	for _, x := range loadAxes {
		for _, q := range qs {
			if q.shows(s) {
				fs = append(fs, loadFigure(s, q, x))
			}
		}
	}
	return fs
}

// headroom keeps the label of the highest point below the top of the plot.
const headroom = 1.06

func loadFigure(s *metrics.Summary, q quantity, x loadAxis) figure {
	f := figure{ID: q.id + "-" + x.class, Class: x.class, Title: q.title}
	var maxX, maxY float64
	for i := range s.Benchmarks {
		if _, high, ok := q.values(&s.Benchmarks[i]); ok {
			maxX, maxY = max(maxX, x.value(&s.Benchmarks[i])), max(maxY, high)
		}
	}
	c := loadChart{figure: &f, q: q, x: x, xs: linear(maxX, plotLeft, plotRight), ys: linear(maxY*headroom, plotBottom, plotTop)}
	if q.unit.name == inShare.name {
		c.ys = linear(min(maxY*headroom, 1), plotBottom, plotTop)
	}
	f.X = newAxis(x.label, c.xs, inNumber)
	if q.dist != nil {
		f.Y = newAxis(q.label+", p50 with band to p99", c.ys, inTime)
	} else {
		f.Y = newAxis(q.label, c.ys, q.unit)
	}
	c.ladders(ladders(s))
	if len(f.Legend) == 1 {
		f.Legend = nil
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
	doubt  string // class of the band of the present series where a p99 in it is uncertified
}

// ladders adds a series for each. The first closed loop and the first open one look the same in every report.
func (c *loadChart) ladders(ls []ladder) {
	others := 2
	var drawn [2]bool
	for _, l := range ls {
		n := 0
		if l.open {
			n = 1
		}
		if drawn[n] {
			n = others
			others++
		} else {
			drawn[n] = true
		}
		c.series(n, l)
	}
}

func (c *loadChart) series(n int, l ladder) {
	ls := l.levels
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
		m := mark{shape{marker(n, at, y), class, strconv.Itoa(l.n), ""}, at, y, c.q.tip(l.Benchmark), shortName(l.Benchmark)}
		if len(l.ClientLimited) > 0 {
			m.Class, m.Tip = m.Class+" hollow", m.Tip+" (client-limited)"
		}
		c.Marks = append(c.Marks, m)
	}
	c.doubt = ""
	if c.q.dist != nil && slices.ContainsFunc(sorted, func(l level) bool { return c.q.dist(l.Benchmark).Certified < 99 }) {
		c.doubt, c.Note = " unsure", "A dashed band goes up to a p99 that so few requests do not bound at 99 % confidence."
	}
	c.lines(class, xs, mids, highs)
	c.Legend = append(c.Legend, legend{l.name, class, shape{D: marker(n, 0, 0), Class: class}, ""})
	if at, beyond, ok := saturated(l.clean()); ok && c.q.id == "throughput" {
		of := fmt.Sprintf("%d %d", at.n, beyond.n)
		c.Rules = append(c.Rules, rulerLine{c.xs.at(c.x.value(at.Benchmark)), "saturation", of})
	}
}

// lines draws the series. The band of a single point is a whisker.
func (c *loadChart) lines(class string, xs, mids, highs []px) {
	if len(xs) > 1 {
		c.Lines = append(c.Lines, shape{D: points(xs, mids), Class: class})
	}
	switch {
	case c.q.dist == nil:
	case len(xs) > 1:
		c.Bands = append(c.Bands, shape{D: band(xs, highs, mids), Class: class + c.doubt})
	default:
		c.Lines = append(c.Lines, shape{D: fmt.Sprintf("M%s %sL%s %sm-5 0h10", xs[0], mids[0], xs[0], highs[0]), Class: class + " thin" + c.doubt})
	}
}

// shortName is a label for a point: "sync", "max", "c8", "4/s".
func shortName(b *metrics.Benchmark) string {
	switch {
	case openLoop(b):
		return tickNumber(askedRate(b)) + "/s"
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
