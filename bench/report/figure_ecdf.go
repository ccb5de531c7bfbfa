package report

import (
	"fmt"
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
)

// curvePoints is how many points a distribution is drawn with: more would not be seen.
const curvePoints = 160

// curveFigure shows the share of requests that were served within a time.
func (m measure) curveFigure(s *metrics.Summary, samples []Sample) figure {
	xs, ys := m.scale(s), linear(1, plotBottom, plotTop)
	f := figure{ID: "ecdf-" + m.id, Title: m.title + ": share of requests within a time",
		X: newAxis(m.label, xs, inTime), Y: newAxis("share of requests", ys, inShare)}
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if d := m.dist(b); d.Count > 0 {
			values, shares := m.curve(samples, b.Index, d)
			f.Lines = append(f.Lines, shape{climb(xs, ys, values, shares), dashClass(i), strconv.Itoa(i), b.Name})
			f.Marks = append(f.Marks, quantileMarks(b.Name, i, d, xs, ys)...)
			f.Legend = append(f.Legend, legendOf(i, b.Name))
		}
	}
	f.Desc = describe(f.Marks)
	return f
}

// curve is the distribution of m in the benchmark of that index: from the samples, or where there are none from the
// percentiles.
func (m measure) curve(samples []Sample, index int, d metrics.Dist) (values, shares []float64) {
	vs := m.values(samples, index)
	if len(vs) == 0 {
		return []float64{d.Min, d.P50, d.P90, d.P95, d.P99, d.P999, d.Max}, []float64{0, 0.5, 0.9, 0.95, 0.99, 0.999, 1}
	}
	return thinCurve(vs)
}

// thinCurve takes evenly spaced points of sorted values, both ends included. A value's share is that of the weight up
// to it.
func thinCurve(sorted []weighted) (values, shares []float64) {
	upTo := make([]float64, len(sorted))
	sum := 0.0
	for i, v := range sorted {
		sum += v.weight
		upTo[i] = sum
	}
	n := len(sorted)
	count := min(n, curvePoints)
	for k := range count {
		i := n - 1
		if count > 1 {
			i = k * (n - 1) / (count - 1)
		}
		values, shares = append(values, sorted[i].value), append(shares, upTo[i]/sum)
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
		ms = append(ms, mark{shape{marker(n, x, y), seriesClass(n), strconv.Itoa(n), ""}, x, y,
			fmt.Sprintf("%s: %s %% within %s", name, exact(q.p), percentile(d, q.p, q.v)), ""})
	}
	return ms
}
