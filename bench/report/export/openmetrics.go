package export

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// writeOpenMetrics writes the figures of every benchmark as OpenMetrics 1.0: distributions are summaries, all else gauges.
func writeOpenMetrics(w io.Writer, s *Source) error {
	m := &openMetrics{w: bufio.NewWriter(w), s: s.Summary}
	run := &s.Summary.Run
	m.family("promptmill_run", "info", "", "The run that the figures are of.")
	m.sample("promptmill_run_info", []label{{"run", run.ID}, {"tool", run.Tool}, {"model", run.Model}, {"target", run.Target + run.Endpoint}}, 1)
	for _, d := range distributions {
		m.summary(d)
	}
	m.gauge("promptmill_certified_percentile", "The highest percentile that the sample of a metric bounds at 99 % confidence; 0 for none.",
		func(b *metrics.Benchmark, set func(v float64, more ...label)) {
			for _, d := range distributions {
				if v := d.of(b); v.Count > 0 {
					set(v.Certified, label{"metric", d.name})
				}
			}
		})
	for _, f := range figures {
		m.gauge("promptmill_"+f.name, about(f.name), func(b *metrics.Benchmark, set func(v float64, more ...label)) { set(f.of(b)) })
	}
	m.counts()
	_, _ = m.w.WriteString("# EOF\n") // Flush has the error
	return m.w.Flush()
}

type openMetrics struct {
	w *bufio.Writer
	s *metrics.Summary
}

// A label is a name and any text.
type label struct{ name, value string }

func (m *openMetrics) family(name, kind, unit, help string) {
	fmt.Fprintf(m.w, "# TYPE %s %s\n", name, kind)
	if unit != "" {
		fmt.Fprintf(m.w, "# UNIT %s %s\n", name, unit)
	}
	fmt.Fprintf(m.w, "# HELP %s %s\n", name, escaped(help))
}

func (m *openMetrics) sample(name string, labels []label, v float64) {
	_, _ = m.w.WriteString(name)
	for i, l := range labels {
		fmt.Fprintf(m.w, `%s%s="%s"`, map[bool]string{true: "{", false: ","}[i == 0], l.name, escaped(l.value))
	}
	fmt.Fprintf(m.w, "} %s\n", strconv.FormatFloat(v, 'g', -1, 64))
}

// of are the labels of a benchmark. The index tells apart those that were run more than once.
func (m *openMetrics) of(i int, more ...label) []label {
	return append([]label{{"run", m.s.Run.ID}, {"benchmark", m.s.Benchmarks[i].Name}, {"index", strconv.Itoa(i)}}, more...)
}

// summary is a distribution; its extremes are the quantiles 0 and 1.
func (m *openMetrics) summary(d distribution) {
	name, unit := "promptmill_"+d.name, ""
	if d.unit == "s" {
		name, unit = name+"_seconds", "seconds"
	}
	m.family(name, "summary", unit, about(d.name))
	for i := range m.s.Benchmarks {
		v := d.of(&m.s.Benchmarks[i])
		if v.Count == 0 {
			continue
		}
		for _, q := range []struct {
			quantile string
			value    float64
		}{{"0", v.Min}, {"0.5", v.P50}, {"0.9", v.P90}, {"0.95", v.P95}, {"0.99", v.P99}, {"0.999", v.P999}, {"1", v.Max}} {
			m.sample(name, m.of(i, label{"quantile", q.quantile}), q.value)
		}
		m.sample(name+"_sum", m.of(i), v.Mean*float64(v.Count))
		m.sample(name+"_count", m.of(i), float64(v.Count))
	}
}

// gauge is a family in which each benchmark sets its samples.
func (m *openMetrics) gauge(name, help string, of func(b *metrics.Benchmark, set func(v float64, more ...label))) {
	m.family(name, "gauge", "", help)
	for i := range m.s.Benchmarks {
		of(&m.s.Benchmarks[i], func(v float64, more ...label) { m.sample(name, m.of(i, more...), v) })
	}
}

// counts are what became of the requests, whether the client was the limit, and what an SLO and a score say.
func (m *openMetrics) counts() {
	m.gauge("promptmill_requests", about("counts"), func(b *metrics.Benchmark, set func(v float64, more ...label)) {
		for _, c := range []struct {
			status string
			n      int
		}{{"ok", b.Counts.OK}, {"error", b.Counts.Errors}, {"unfinished", b.Counts.Unfinished}, {"cancelled", b.Counts.Cancelled},
			{"warmup", b.Counts.Warmup}, {"cooldown", b.Counts.Cooldown}} {
			set(float64(c.n), label{"status", c.status})
		}
	})
	m.gauge("promptmill_request_errors", "Requests that failed, by kind of error.", func(b *metrics.Benchmark, set func(v float64, more ...label)) {
		for _, e := range b.Counts.ErrorKinds {
			set(float64(e.Count), label{"kind", e.Kind})
		}
	})
	m.gauge("promptmill_client_limited", about("client_limited"), func(b *metrics.Benchmark, set func(v float64, more ...label)) {
		set(map[bool]float64{true: 1}[len(b.ClientLimited) > 0])
	})
	m.gauge("promptmill_goodput_per_second", about("goodput"), func(b *metrics.Benchmark, set func(v float64, more ...label)) {
		if b.Goodput != nil {
			set(b.Goodput.RequestsPerSecond, label{"slo", b.Goodput.SLO})
		}
	})
	m.gauge("promptmill_accuracy", about("accuracy"), func(b *metrics.Benchmark, set func(v float64, more ...label)) {
		if b.Accuracy != nil {
			set(*b.Accuracy)
		}
	})
}

// about is the definition of a figure.
func about(metric string) string {
	for _, d := range metrics.Metrics() {
		if d.Name == metric {
			return d.Definition
		}
	}
	return metric
}

// escaped is text that is plain, for a label or a help line. Text has no line feed left that would need an escape.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain.Text(s))
}
