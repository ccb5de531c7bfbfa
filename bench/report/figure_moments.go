package report

import (
	"fmt"
	"strings"
)

// A track is one line of a figure over time.
type track struct {
	name string
	of   func(m *Moment) float64
	gaps bool // a value of nothing means that there is none
}

// overTimes are the figures of a run that goes on.
var overTimes = []struct {
	id, title, label string
	unit             unit
	tracks           []track
}{
	{"over-rate", "Request rate", "requests/s", inNumber, []track{
		{"sent", func(m *Moment) float64 { return m.Sent }, false}, {"asked for", func(m *Moment) float64 { return m.Asked }, true},
		{"answered", func(m *Moment) float64 { return m.Answered }, false}, {"failed", func(m *Moment) float64 { return m.Failed }, false}}},
	{"over-flight", "Requests in flight", "requests", inNumber, []track{{"in flight", func(m *Moment) float64 { return m.InFlight }, false}}},
	{"over-tokens", "Output tokens", "output tokens/s of finished requests", inNumber, []track{{"tokens/s", func(m *Moment) float64 { return m.Tokens }, false}}},
	{"over-ttft", "TTFT", "time to first token", inTime, []track{
		{"p50", func(m *Moment) float64 { return m.TTFT.P50 }, true}, {"p99", func(m *Moment) float64 { return m.TTFT.P99 }, true}}},
	{"over-latency", "Latency", "request latency", inTime, []track{
		{"p50", func(m *Moment) float64 { return m.Latency.P50 }, true}, {"p99", func(m *Moment) float64 { return m.Latency.P99 }, true}}},
	{"over-tpot", "TPOT", "time per output token", inTime, []track{
		{"p50", func(m *Moment) float64 { return m.TPOT.P50 }, true}, {"p99", func(m *Moment) float64 { return m.TPOT.P99 }, true}}},
}

// overTime draws the moments of the run; nothing until there are two.
func (l *Live) overTime() []figure {
	if len(l.Moments) < 2 {
		return nil
	}
	var fs []figure
	first, last := l.Moments[0].At, l.Moments[len(l.Moments)-1].At
	for _, o := range overTimes {
		highest := 0.0
		for i := range l.Moments {
			for _, t := range o.tracks {
				highest = max(highest, t.of(&l.Moments[i]))
			}
		}
		if highest == 0 {
			continue
		}
		xs, ys := narrow(first, last, plotLeft, plotRight), linear(highest*headroom, plotBottom, plotTop)
		f := figure{ID: o.id, Title: o.title, X: newAxis("time since the start of the run", xs, inTime), Y: newAxis(o.label, ys, o.unit)}
		for n, t := range o.tracks {
			f.track(n, t, l.Moments, xs, ys)
		}
		if len(f.Legend) == 1 {
			f.Legend = nil
		}
		f.Rules = l.starts(xs)
		f.Desc = fmt.Sprintf("from %s to %s after the start of the run", duration(first), duration(last))
		fs = append(fs, f)
	}
	return fs
}

// track adds a line to f, unless it would be at nothing all the time.
func (f *figure) track(n int, t track, ms []Moment, xs, ys scale) {
	var d strings.Builder
	drawn, pen := false, false
	for i := range ms {
		v := t.of(&ms[i])
		if v == 0 && t.gaps {
			pen = false
			continue
		}
		drawn = drawn || v != 0
		command := byte('L')
		if !pen {
			command = 'M'
		}
		fmt.Fprintf(&d, "%c%s %s", command, xs.at(ms[i].At), ys.at(v))
		pen = true
	}
	if !drawn {
		return
	}
	f.Lines = append(f.Lines, shape{D: d.String(), Class: seriesClass(n) + " thin", Name: t.name})
	f.Legend = append(f.Legend, legend{Name: t.name, Line: seriesClass(n), Mark: shape{Class: seriesClass(n)}})
}

// starts are where the benchmarks begin.
func (l *Live) starts(xs scale) []rulerLine {
	var rs []rulerLine
	for i := range l.Summary.Benchmarks {
		b := &l.Summary.Benchmarks[i]
		if at := float64(b.StartNS) / 1e9; at >= xs.lo && at <= xs.hi {
			rs = append(rs, rulerLine{xs.at(at), shortName(b), ""})
		}
	}
	return rs
}
