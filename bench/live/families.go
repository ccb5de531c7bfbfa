package live

import (
	"slices"
	"strconv"
	"time"
)

// A family is a metric that programs watch: what [Tracker.WriteMetrics] serves and a [Pusher] sends.
type family struct {
	name   string // as Prometheus has it: with its unit, and _total where it only grows
	kind   string // as Prometheus calls it
	unit   string // as OpenTelemetry has it; "" where there is none
	help   string
	points []point
}

// Kinds of a family.
const (
	aGauge     = "gauge"
	aCounter   = "counter"
	aHistogram = "histogram"
)

// A point is a value of a family, or a histogram, with the labels that tell it from others.
type point struct {
	labels []label
	since  time.Duration // from when on a counter or a histogram counts
	value  float64
	times  *histogram
}

// A label is a name and any text.
type label struct{ name, value string }

// bounds are the upper ends of the buckets of all histograms, in seconds.
var bounds = []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100}

// families are the run so far. Counters are of one benchmark each, named by the labels benchmark and strategy.
func (t *Tracker) families(now time.Duration) []family {
	g := t.gauge()
	f := familyMaker{t.copies(g)}
	run := []label{{"run", t.run.ID}, {"model", t.run.Model}, {"target", t.run.Target}, {"tool", t.run.Tool}}
	return []family{
		{"promptmill_run_info", aGauge, "", "The run that is going on; always 1.", []point{{labels: run, value: 1}}},
		{"promptmill_run_seconds", aGauge, "s", "Time since the start of the run.", []point{{value: now.Seconds()}}},
		{"promptmill_requests_in_flight", aGauge, "{request}", "Requests that have been sent and have not ended.", []point{{value: float64(g.InFlight)}}},
		f.each("promptmill_requests_asked_per_second", aGauge, "", "Rate that an open loop asks for; 0 in a closed loop.", func(b *tracked) float64 { return b.TargetRate }),
		f.each("promptmill_requests_sent_total", aCounter, "{request}", "Requests sent.", func(b *tracked) float64 { return float64(b.sent) }),
		f.statuses("promptmill_requests_total", "{request}", "Requests that have ended."),
		f.each("promptmill_prompt_tokens_total", aCounter, "{token}", "Prompt tokens of successful requests, where the server says.", func(b *tracked) float64 { return float64(b.count.promptTokens) }),
		f.each("promptmill_output_tokens_total", aCounter, "{token}", "Output tokens of successful requests.", func(b *tracked) float64 { return float64(b.count.outputTokens) }),
		f.histograms("promptmill_request_latency_seconds", "From sending a request to the end of its answer.", func(ts *times) *histogram { return &ts.latency }),
		f.histograms("promptmill_ttft_seconds", "From sending a request to its first token.", func(ts *times) *histogram { return &ts.ttft }),
		f.histograms("promptmill_tpot_seconds", "Time per output token after the first.", func(ts *times) *histogram { return &ts.tpot }),
		f.histograms("promptmill_send_lag_seconds", "From when a request was due to when it was sent.", func(ts *times) *histogram { return &ts.lag }),
	}
}

// copies are the benchmarks as they are now; g is read at the same time.
func (t *Tracker) copies(g Gauge) []tracked {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]tracked, len(t.benchmarks))
	for i, b := range t.benchmarks {
		all[i] = *b
		all[i].kinds = slices.Clone(b.kinds)
		if b.end == 0 {
			all[i].sent = g.Sent - b.before
		}
	}
	return all
}

// A familyMaker makes families with a point for each benchmark.
type familyMaker struct{ benchmarks []tracked }

func (f familyMaker) each(name, kind, unit, help string, value func(b *tracked) float64) family {
	out := family{name: name, kind: kind, unit: unit, help: help}
	for i := range f.benchmarks {
		b := &f.benchmarks[i]
		out.points = append(out.points, point{labels: b.labels(), since: b.start, value: value(b)})
	}
	return out
}

func (f familyMaker) statuses(name, unit, help string) family {
	out := family{name: name, kind: aCounter, unit: unit, help: help}
	for i := range f.benchmarks {
		b := &f.benchmarks[i]
		for _, s := range []struct {
			status string
			n      int64
		}{{"ok", b.count.ok}, {"error", b.count.errors}, {"unfinished", b.count.unfinished}, {"cancelled", b.count.cancelled}} {
			out.points = append(out.points, point{labels: append(b.labels(), label{"status", s.status}), since: b.start, value: float64(s.n)})
		}
	}
	return out
}

func (f familyMaker) histograms(name, help string, of func(ts *times) *histogram) family {
	out := family{name: name, kind: aHistogram, unit: "s", help: help}
	for i := range f.benchmarks {
		b := &f.benchmarks[i]
		out.points = append(out.points, point{labels: b.labels(), since: b.start, times: of(&b.times)})
	}
	return out
}

func (b *tracked) labels() []label {
	return []label{{"benchmark", strconv.Itoa(b.Index)}, {"strategy", b.Name}}
}
