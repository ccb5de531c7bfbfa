package report

import (
	"fmt"
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// cloudPoints is how many requests of a benchmark a cloud draws: more would cover each other.
const cloudPoints = 600

// A correlation is a figure of a length of each request against a time of it.
type correlation struct {
	id, title, xLabel, yLabel string
	of                        func(x *Sample) (length int64, seconds float64, ok bool)
}

var correlations = []correlation{
	{"length-prompt", "Prompt length against TTFT", "prompt tokens", "time to first token",
		func(x *Sample) (int64, float64, bool) {
			return x.PromptTokens, x.First - x.Sent, x.PromptTokens > 0 && x.First > 0
		}},
	{"length-output", "Output length against latency", "output tokens", "request latency",
		func(x *Sample) (int64, float64, bool) {
			return x.OutputTokens, x.Done - x.Sent, x.OutputTokens > 0 && x.Done > 0
		}},
}

// lengthFigures show whether long prompts and long answers took longer. They need samples, and lengths that differ.
func lengthFigures(s *metrics.Summary, samples []Sample) []figure {
	var fs []figure
	for _, c := range correlations {
		if f, ok := c.figure(s, samples); ok {
			fs = append(fs, f)
		}
	}
	return fs
}

func (c correlation) figure(s *metrics.Summary, samples []Sample) (figure, bool) {
	var length, seconds extent
	for i := range samples {
		if n, v, ok := c.of(&samples[i]); ok && samples[i].Status == results.StatusOK {
			length.add(float64(n))
			seconds.add(v)
		}
	}
	if length.lo == length.hi {
		return figure{}, false
	}
	xs, ys := between(length.lo, length.hi, plotLeft, plotRight), between(seconds.lo, seconds.hi, plotBottom, plotTop)
	f := figure{ID: c.id, Title: c.title, X: newAxis(c.xLabel, xs, inNumber), Y: newAxis(c.yLabel, ys, inTime)}
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		across, up, all := c.cloud(samples, b.Index, xs, ys)
		if len(across) == 0 {
			continue
		}
		f.Clouds = append(f.Clouds, shape{dots(across, up), seriesClass(i), strconv.Itoa(i), b.Name})
		f.Legend = append(f.Legend, legend{b.Name, "", shape{D: marker(0, 0, 0), Class: seriesClass(i)}, strconv.Itoa(i)})
		f.Desc += fmt.Sprintf("%s: %s requests; ", b.Name, integer(len(across)))
		if !all {
			f.Note = fmt.Sprintf("At most %d requests of a strategy are drawn.", cloudPoints)
		}
	}
	return f, true
}

// cloud is where the requests of a benchmark are; all is false when some are left out.
func (c correlation) cloud(samples []Sample, index int, xs, ys scale) (across, up []px, all bool) {
	var chosen []*Sample
	all = true
	for i := range samples {
		x := &samples[i]
		if _, _, ok := c.of(x); ok && x.Benchmark == index && x.Status == results.StatusOK {
			chosen = append(chosen, x)
			all = all && x.Weight <= 1
		}
	}
	step := max(1, (len(chosen)+cloudPoints-1)/cloudPoints)
	for i := 0; i < len(chosen); i += step {
		n, v, _ := c.of(chosen[i])
		across, up = append(across, xs.at(float64(n))), append(up, ys.at(v))
	}
	return across, up, all && step == 1
}

// An extent is the least and the greatest of the values added. Its zero value has none.
type extent struct {
	lo, hi float64
	any    bool
}

func (e *extent) add(v float64) {
	if !e.any {
		*e = extent{v, v, true}
	}
	e.lo, e.hi = min(e.lo, v), max(e.hi, v)
}
