package export

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// guideNames are the distributions that GuideLLM's loader wants. One without a sample is empty.
var guideNames = strings.Fields(`request_latency request_streaming_iterations_count prompt_token_count output_token_count
	total_token_count time_to_first_token_ms time_to_first_output_token_ms time_per_output_token_ms inter_token_latency_ms
	time_to_last_round_trip_ms avg_round_trip_time_ms output_tokens_per_iteration iter_tokens_per_iteration`)

// guideModalities are what it wants to be told of, if only that nothing is known.
var guideModalities = map[string][]string{
	"text": {"tokens", "words", "characters"}, "image": {"tokens", "images", "pixels", "bytes"}, "video": {"tokens", "frames", "seconds", "bytes"},
	"audio": {"tokens", "samples", "seconds", "bytes"}, "tool_call": {"tokens", "mixed_tokens", "count"},
}

// metrics are the distributions of the successful requests, as GuideLLM names and weighs them; other statuses have none.
// Rates and concurrency are one value, the mean over the window: GuideLLM's own distributions of them say how events
// happened to fall.
func (g *guide) metrics(b *metrics.Benchmark) map[string]any {
	constant := func(v float64) any {
		one := (&weighted{values: []float64{v}, weights: []float64{1}}).summary()
		return map[string]any{"successful": one, "total": one}
	}
	m := map[string]any{
		"request_totals":           guideCounts(&b.Counts),
		"requests_per_second":      constant(b.RequestsPerSecond),
		"request_concurrency":      constant(b.Concurrency),
		"prompt_tokens_per_second": constant(b.TotalTokensPerSecond - b.OutputTokensPerSecond),
		"output_tokens_per_second": constant(b.OutputTokensPerSecond),
		"tokens_per_second":        constant(b.TotalTokensPerSecond),
	}
	names := guideNames
	if b.TargetRate > 0 {
		names = append(slices.Clone(names), "request_dispatch_delay", "request_scheduled_latency")
	}
	for _, name := range names {
		m[name] = map[string]any{}
		if samples := g.samples[name]; samples != nil {
			m[name] = map[string]any{"successful": samples.summary()}
		}
	}
	for modality, parts := range guideModalities {
		unknown := map[string]any{}
		for _, part := range parts {
			unknown[part] = nil
		}
		m[modality] = unknown
	}
	if b.Goodput != nil {
		m["slo_attainment"], m["request_goodput"] = b.Goodput.Share, constant(b.Goodput.RequestsPerSecond)
	}
	return m
}

// weighted are values of which some count more than others.
type weighted struct{ values, weights []float64 }

func (w *weighted) add(value, weight float64) {
	w.values, w.weights = append(w.values, value), append(w.weights, weight)
}

// guidePercentiles are those that GuideLLM has, in thousandths.
var guidePercentiles = map[string]float64{
	"p001": 1, "p01": 10, "p05": 50, "p10": 100, "p25": 250, "p50": 500, "p75": 750, "p90": 900, "p95": 950, "p99": 990, "p999": 999,
}

// summary takes the figures as GuideLLM does: a percentile is the least value up to which that share of the weight lies,
// the deviation is that of a population.
func (w *weighted) summary() map[string]any {
	order := make([]int, len(w.values))
	total, sum := 0.0, 0.0
	for i := range order {
		order[i] = i
		total += w.weights[i]
		sum += w.values[i] * w.weights[i]
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(w.values[a], w.values[b]) })
	mean, variance, below := sum/total, 0.0, 0.0
	ps := map[string]float64{}
	for _, i := range order {
		variance += w.weights[i] * (w.values[i] - mean) * (w.values[i] - mean) / total
		below += w.weights[i]
		for name, perMille := range guidePercentiles {
			if _, done := ps[name]; !done && below*1000 >= perMille*total {
				ps[name] = w.values[i]
			}
		}
	}
	return map[string]any{
		"mean": mean, "median": ps["p50"], "mode": ps["p50"], "variance": variance, "std_dev": math.Sqrt(variance),
		"min": w.values[order[0]], "max": w.values[order[len(order)-1]], "count": len(w.values), "total_sum": sum, "percentiles": ps, "pdf": nil,
	}
}
