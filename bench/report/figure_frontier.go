package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A tradeoff is a figure of two quantities that one cannot both have; the frontier is what no other benchmark beats
// in both.
type tradeoff struct {
	id, title, xLabel string
	unit              unit
	x                 func(b *metrics.Benchmark) (float64, bool)
	less              bool // a lower x is better
	tip               func(b *metrics.Benchmark) string
}

var tradeoffs = []tradeoff{
	{"frontier-latency", "Throughput against latency", "request latency, p50", inTime,
		func(b *metrics.Benchmark) (float64, bool) { return b.Latency.P50, b.Latency.Count > 0 }, true,
		func(b *metrics.Benchmark) string { return "latency p50 " + p50(b.Latency) }},
	{"frontier-ttft", "Throughput against TTFT", "time to first token, p99", inTime,
		func(b *metrics.Benchmark) (float64, bool) {
			return b.TTFT.P99, b.TTFT.Count > 0 && b.TTFT.Certified >= 99
		}, true,
		func(b *metrics.Benchmark) string { return "TTFT p99 " + p99(b.TTFT) }},
	{"frontier-user", "Throughput against speed for one user", "output tokens/s of one request (1 / TPOT, p50)", inNumber,
		func(b *metrics.Benchmark) (float64, bool) { return 1 / b.TPOT.P50, b.TPOT.Count > 0 && b.TPOT.P50 > 0 }, false,
		func(b *metrics.Benchmark) string { return number(1/b.TPOT.P50) + " tok/s for one user" }},
}

// frontierFigures show what throughput costs; none when fewer than two benchmarks had a success. A percentile that its
// sample does not certify has no place in them: in a small sample it is one request.
func frontierFigures(s *metrics.Summary) []figure {
	var fs []figure
	for _, t := range tradeoffs {
		if ps := t.spots(s); len(ps) > 1 {
			fs = append(fs, t.figure(ps))
		}
	}
	return fs
}

// A spot is where a benchmark is in a tradeoff.
type spot struct {
	*metrics.Benchmark
	n    int // of the benchmark
	x, y float64
}

func (t tradeoff) spots(s *metrics.Summary) []spot {
	var ps []spot
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if x, ok := t.x(b); ok && b.OutputTokensPerSecond > 0 {
			ps = append(ps, spot{b, i, x, b.OutputTokensPerSecond})
		}
	}
	return ps
}

func (t tradeoff) figure(ps []spot) figure {
	lo, hi, top := ps[0].x, ps[0].x, 0.0
	for _, p := range ps {
		lo, hi, top = min(lo, p.x), max(hi, p.x), max(top, p.y)
	}
	xs, ys := between(lo, hi, plotLeft, plotRight), linear(top*headroom, plotBottom, plotTop)
	f := figure{ID: t.id, Title: t.title, X: newAxis(t.xLabel, xs, t.unit), Y: newAxis("output tokens/s of all requests", ys, inNumber)}
	best := t.frontier(ps)
	var across, up []px
	for _, p := range best {
		across, up = append(across, xs.at(p.x)), append(up, ys.at(p.y))
	}
	f.Lines = []shape{{D: points(across, up), Class: "frontier"}}
	for _, p := range ps {
		f.Marks = append(f.Marks, t.mark(p, xs, ys, slices.Contains(best, p)))
	}
	f.Desc = describe(f.Marks)
	dropCrowded(f.Marks)
	return f
}

func (t tradeoff) mark(p spot, xs, ys scale, best bool) mark {
	n := 0
	if openLoop(p.Benchmark) {
		n = 1
	}
	x, y := xs.at(p.x), ys.at(p.y)
	m := mark{shape{marker(n, x, y), seriesClass(n), strconv.Itoa(p.n), ""}, x, y,
		fmt.Sprintf("%s: %s output tokens/s, %s", p.Name, number(p.y), t.tip(p.Benchmark)), shortName(p.Benchmark)}
	if !best {
		m.Class += " beaten"
		m.Tip += "; another is better in both"
	}
	return m
}

// frontier is the places that no other beats in both, from the best x on.
func (t tradeoff) frontier(ps []spot) []spot {
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b spot) int {
		order := cmp.Compare(a.x, b.x)
		if !t.less {
			order = -order
		}
		return cmp.Or(order, -cmp.Compare(a.y, b.y))
	})
	var out []spot
	for _, p := range sorted {
		if len(out) == 0 || p.y > out[len(out)-1].y {
			out = append(out, p)
		}
	}
	return out
}
