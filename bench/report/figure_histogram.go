package report

import (
	"fmt"
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
)

const (
	histogramBins  = 44 // of 10 units of the drawing
	histogramLeast = 20 // requests, below which bins would show chance
)

// histogram shows how many requests took how long; ok is false when no benchmark has the samples for it.
func (m measure) histogram(s *metrics.Summary, samples []Sample) (f figure, ok bool) {
	xs := m.scale(s)
	bins := make([][]float64, len(s.Benchmarks))
	highest := 0.0
	for i := range s.Benchmarks {
		if vs := m.values(samples, s.Benchmarks[i].Index); len(vs) >= histogramLeast {
			bins[i] = binned(vs, xs)
			for _, v := range bins[i] {
				highest = max(highest, v)
			}
		}
	}
	if highest == 0 {
		return figure{}, false
	}
	ys := linear(highest, plotBottom, plotTop)
	f = figure{ID: "histogram-" + m.id, Title: m.title + ": histogram",
		X: newAxis(m.label, xs, inTime), Y: newAxis("share of requests in a bar", ys, inShare)}
	for i, shares := range bins {
		if shares == nil {
			continue
		}
		b := &s.Benchmarks[i]
		line, area := stairs(shares, ys)
		f.Bands = append(f.Bands, shape{area, seriesClass(i) + " faint", strconv.Itoa(i), ""})
		f.Lines = append(f.Lines, shape{line, dashClass(i) + " thin", strconv.Itoa(i), b.Name})
		f.Legend = append(f.Legend, legendOf(i, b.Name))
		f.Desc += fmt.Sprintf("%s: %s to %s; ", b.Name, duration(m.dist(b).Min), duration(m.dist(b).Max))
	}
	return f, true
}

// binned is the share of the weight that falls into each bin of xs.
func binned(vs []weighted, xs scale) []float64 {
	shares, sum := make([]float64, histogramBins), 0.0
	for _, v := range vs {
		at := float64((xs.at(v.value) - xs.from) / (xs.to - xs.from))
		shares[min(int(at*histogramBins), histogramBins-1)] += v.weight
		sum += v.weight
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// stairs draws bins as a line and as the area below it, without the empty ones at both ends.
func stairs(shares []float64, ys scale) (line, area string) {
	first, last := 0, len(shares)
	for shares[first] == 0 {
		first++
	}
	for shares[last-1] == 0 {
		last--
	}
	at := func(i int) px { return plotLeft + px(i)*(plotRight-plotLeft)/histogramBins }
	xs, tops := []px{at(first)}, []px{ys.at(0)}
	for i := first; i < last; i++ {
		xs, tops = append(xs, at(i), at(i+1)), append(tops, ys.at(shares[i]), ys.at(shares[i]))
	}
	xs, tops = append(xs, at(last)), append(tops, ys.at(0))
	line = points(xs, tops)
	return line, line + "Z"
}
