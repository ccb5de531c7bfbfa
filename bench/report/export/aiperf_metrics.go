package export

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// aiperf gathers the samples of a benchmark under AIPerf's names.
type aiperf struct {
	b          *metrics.Benchmark
	samples    map[string][]float64
	first, end int64 // the first request and the last answer
	ok, failed int
}

// An aiperfMetric is one of AIPerf's: a distribution, or one value.
type aiperfMetric struct {
	tag, header, unit string
	sample            sample // of a distribution
	value             float64
}

func gatherAIPerf(s *Source, b *metrics.Benchmark) (*aiperf, error) {
	a := &aiperf{b: b, samples: map[string][]float64{}}
	for r, err := range s.requests(b) {
		if err != nil {
			return nil, err
		}
		a.add(r)
	}
	return a, nil
}

func (a *aiperf) add(r *results.Record) {
	if r.SentNS != 0 && (a.first == 0 || r.SentNS < a.first) {
		a.first = r.SentNS
	}
	if r.Status != results.StatusOK {
		a.failed++
		return
	}
	a.ok++
	a.end = max(a.end, r.DoneNS)
	for tag, v := range aiperfValues(r) {
		switch v := v.Value.(type) {
		case float64:
			a.samples[tag] = append(a.samples[tag], v)
		case int64:
			a.samples[tag] = append(a.samples[tag], float64(v))
		case []float64:
			a.samples[tag] = append(a.samples[tag], v...)
		}
	}
}

// aiperfHeaders are the distributions, as AIPerf calls them.
var aiperfHeaders = []struct{ tag, header, unit string }{
	{"input_sequence_length", "Input Sequence Length", "tokens"},
	{"inter_chunk_latency", "Inter Chunk Latency", "ms"},
	{"inter_token_latency", "Inter Token Latency", "ms"},
	{"output_sequence_length", "Output Sequence Length", "tokens"},
	{"output_token_count", "Output Token Count", "tokens"},
	{"output_token_throughput_per_user", "Output Token Throughput Per User", "tokens/sec/user"},
	{"reasoning_token_count", "Reasoning Token Count", "tokens"},
	{"request_latency", "Request Latency", "ms"},
	{"time_to_first_output_token", "Time to First Output Token", "ms"},
	{"time_to_first_token", "Time to First Token", "ms"},
}

// metrics are all that there is to tell, distributions first, each part by tag. AIPerf's duration is from the first request
// to the last answer, and its rates are over that.
func (a *aiperf) metrics() []aiperfMetric {
	var all []aiperfMetric
	for _, h := range aiperfHeaders {
		if values := a.samples[h.tag]; len(values) > 0 {
			all = append(all, aiperfMetric{tag: h.tag, header: h.header, unit: h.unit, sample: newSample(values)})
		}
	}
	duration := between(a.first, a.end)
	input, output := newSample(a.samples["input_sequence_length"]).sum(), newSample(a.samples["output_sequence_length"]).sum()
	one := func(tag, header, unit string, v float64) {
		all = append(all, aiperfMetric{tag: tag, header: header, unit: unit, value: v})
	}
	one("benchmark_duration", "Benchmark Duration", "sec", duration)
	one("error_request_count", "Error Request Count", "requests", float64(a.failed))
	if g := a.b.Goodput; g != nil {
		one("good_request_count", "Good Request Count", "requests", float64(g.Good))
		one("goodput", "Goodput", "requests/sec", share(float64(g.Good), duration))
	}
	one("output_token_throughput", "Output Token Throughput", "tokens/sec", share(output, duration))
	one("request_count", "Request Count", "requests", float64(a.ok))
	one("request_throughput", "Request Throughput", "requests/sec", share(float64(a.ok), duration))
	one("total_isl", "Total Input Sequence Length", "tokens", input)
	one("total_osl", "Total Output Sequence Length", "tokens", output)
	one("total_token_throughput", "Total Token Throughput", "tokens/sec", share(input+output, duration))
	return all
}

// aiperfPercentiles are those that AIPerf has.
var aiperfPercentiles = []float64{1, 5, 10, 25, 50, 75, 90, 95, 99}

// block is the metric in profile_export_aiperf.json.
func (m *aiperfMetric) block() map[string]any {
	if m.sample.sorted == nil {
		return map[string]any{"unit": m.unit, "avg": m.value}
	}
	b := map[string]any{"unit": m.unit, "avg": m.sample.mean(), "min": m.sample.min(), "max": m.sample.max(),
		"std": m.sample.std(), "count": len(m.sample.sorted), "sum": m.sample.sum()}
	for _, p := range aiperfPercentiles {
		b["p"+strconv.FormatFloat(p, 'f', -1, 64)] = m.sample.percentile(p)
	}
	return b
}

// writeAIPerfCSV writes both tables of profile_export_aiperf.csv: distributions, and after an empty line single values.
func writeAIPerfCSV(w io.Writer, gather func() (*aiperf, error)) error {
	a, err := gather()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // as Python's writer has it
	two := func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
	all := a.metrics()
	singles := slices.IndexFunc(all, func(m aiperfMetric) bool { return m.sample.sorted == nil })
	if singles > 0 {
		_ = out.Write(strings.Split("Metric,avg,min,max,sum,p1,p5,p10,p25,p50,p75,p90,p95,p99,std", ",")) // Error has it
	}
	for _, m := range all[:singles] {
		row := []string{m.name(), two(m.sample.mean()), two(m.sample.min()), two(m.sample.max()), two(m.sample.sum())}
		for _, p := range aiperfPercentiles {
			row = append(row, two(m.sample.percentile(p)))
		}
		_ = out.Write(append(row, two(m.sample.std())))
	}
	out.Flush()
	if singles > 0 {
		if _, err := io.WriteString(w, "\r\n"); err != nil {
			return err
		}
	}
	_ = out.Write([]string{"Metric", "Value"})
	for _, m := range all[singles:] {
		_ = out.Write([]string{m.name(), two(m.value)})
	}
	out.Flush()
	return out.Error()
}

// name is the metric with its unit, which counts of requests do without.
func (m *aiperfMetric) name() string {
	if m.unit == "requests" {
		return m.header
	}
	return m.header + " (" + m.unit + ")"
}
