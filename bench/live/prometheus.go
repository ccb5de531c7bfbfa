package live

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/report/plain"
)

// bounds are the upper ends of the buckets of all histograms, in seconds.
var bounds = []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100}

// WriteMetrics writes the run so far in the text format of Prometheus, version 0.0.4. Counters are of one benchmark
// each, named by the labels benchmark and strategy.
func (t *Tracker) WriteMetrics(w io.Writer, now time.Duration) error {
	g := t.gauge()
	t.mu.Lock()
	copies := make([]tracked, len(t.benchmarks))
	for i, b := range t.benchmarks {
		copies[i] = *b
		if b.end == 0 {
			copies[i].sent = g.Sent - b.before
		}
	}
	t.mu.Unlock()

	e := exposition{benchmarks: copies}
	e.family("promptmill_run_info", "gauge", "The run that is going on; always 1.")
	e.sample("promptmill_run_info", labels("run", t.run.ID, "model", t.run.Model, "target", t.run.Target, "tool", t.run.Tool), 1)
	e.family("promptmill_run_seconds", "gauge", "Time since the start of the run.")
	e.sample("promptmill_run_seconds", "", now.Seconds())
	e.family("promptmill_requests_in_flight", "gauge", "Requests that have been sent and have not ended.")
	e.sample("promptmill_requests_in_flight", "", float64(g.InFlight))
	e.each("promptmill_requests_asked_per_second", "gauge", "Rate that an open loop asks for; 0 in a closed loop.", func(b *tracked) float64 { return b.TargetRate })
	e.each("promptmill_requests_sent_total", "counter", "Requests sent.", func(b *tracked) float64 { return float64(b.sent) })
	e.statuses()
	e.each("promptmill_prompt_tokens_total", "counter", "Prompt tokens of successful requests, where the server says.", func(b *tracked) float64 { return float64(b.count.promptTokens) })
	e.each("promptmill_output_tokens_total", "counter", "Output tokens of successful requests.", func(b *tracked) float64 { return float64(b.count.outputTokens) })
	e.histograms("promptmill_request_latency_seconds", "From sending a request to the end of its answer.", func(ts *times) *histogram { return &ts.latency })
	e.histograms("promptmill_ttft_seconds", "From sending a request to its first token.", func(ts *times) *histogram { return &ts.ttft })
	e.histograms("promptmill_tpot_seconds", "Time per output token after the first.", func(ts *times) *histogram { return &ts.tpot })
	e.histograms("promptmill_send_lag_seconds", "From when a request was due to when it was sent.", func(ts *times) *histogram { return &ts.lag })
	_, err := e.out.WriteTo(w)
	return err
}

// An exposition is the text that Prometheus reads.
type exposition struct {
	benchmarks []tracked
	out        bytes.Buffer
}

func (e *exposition) family(name, kind, help string) {
	fmt.Fprintf(&e.out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (e *exposition) sample(name, labels string, v float64) {
	if labels != "" {
		labels = "{" + labels + "}"
	}
	fmt.Fprintf(&e.out, "%s%s %s\n", name, labels, strconv.FormatFloat(v, 'g', -1, 64))
}

func (e *exposition) each(name, kind, help string, value func(b *tracked) float64) {
	e.family(name, kind, help)
	for i := range e.benchmarks {
		e.sample(name, e.benchmarks[i].labels(), value(&e.benchmarks[i]))
	}
}

func (e *exposition) statuses() {
	const name = "promptmill_requests_total"
	e.family(name, "counter", "Requests that have ended.")
	for i := range e.benchmarks {
		b := &e.benchmarks[i]
		for _, s := range []struct {
			status string
			n      int64
		}{{"ok", b.count.ok}, {"error", b.count.errors}, {"unfinished", b.count.unfinished}} {
			e.sample(name, b.labels()+","+labels("status", s.status), float64(s.n))
		}
	}
}

func (e *exposition) histograms(name, help string, of func(ts *times) *histogram) {
	e.family(name, "histogram", help)
	for i := range e.benchmarks {
		b := &e.benchmarks[i]
		h := of(&b.times)
		for _, bound := range bounds {
			e.sample(name+"_bucket", b.labels()+","+labels("le", strconv.FormatFloat(bound, 'g', -1, 64)), float64(h.upTo(bound)))
		}
		e.sample(name+"_bucket", b.labels()+","+labels("le", "+Inf"), float64(h.n))
		e.sample(name+"_sum", b.labels(), h.sum)
		e.sample(name+"_count", b.labels(), float64(h.n))
	}
}

func (b *tracked) labels() string {
	return labels("benchmark", strconv.Itoa(b.Index), "strategy", b.Name)
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// labels writes pairs of a name and a value. Values come from servers and flags: what cannot be seen in them is
// written out.
func labels(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `%s="%s"`, pairs[i], labelEscapes.Replace(plain.Text(pairs[i+1])))
	}
	return b.String()
}
