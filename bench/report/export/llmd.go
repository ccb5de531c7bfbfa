package export

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
)

// llmdFiles are Benchmark Reports 0.2.1 of llm-d, one for each benchmark. They are JSON, which is YAML as well.
func llmdFiles(s *Source) []File {
	return each(s, func(b *metrics.Benchmark, label string) []File {
		name := "benchmark_report_v0.2.1" + strings.TrimSuffix("_"+label, "_") + ".json"
		return []File{{name, func(w io.Writer) error { return writeLLMD(w, s.Summary, b) }}}
	})
}

// The schema forbids keys that it does not know: what it has no place for is in the native configuration of the load.
func writeLLMD(w io.Writer, s *metrics.Summary, b *metrics.Benchmark) error {
	return writeObject(w, func(o *object) {
		o.member("version", "0.2.1")
		start := s.Run.StartedAt.Add(time.Duration(b.StartNS))
		end := s.Run.StartedAt.Add(time.Duration(max(b.EndNS, b.StartNS)))
		o.member("run", map[string]any{
			"uid": fmt.Sprintf("%s-%d", s.Run.ID, b.Index), "eid": s.Run.ID,
			"description": b.Name,
			"time": map[string]any{
				"start": start.UTC().Format(time.RFC3339Nano), "end": end.UTC().Format(time.RFC3339Nano),
				"duration": fmt.Sprintf("PT%.9fS", end.Sub(start).Seconds()),
			},
		})
		if b.PromptTokens.Count > 0 { // the schema wants the length of the prompts wherever it takes a load
			o.member("scenario", map[string]any{"load": llmdLoad(s, b)})
		}
		o.member("results", map[string]any{"request_performance": map[string]any{"aggregate": map[string]any{
			"requests": llmdRequests(b), "latency": llmdLatency(b), "throughput": llmdThroughput(b),
		}}})
	})
}

func llmdLoad(s *metrics.Summary, b *metrics.Benchmark) map[string]any {
	standard := map[string]any{
		"tool": "promptmill", "tool_version": cmp.Or(version(&s.Run), "unknown"), "source": "sampled",
		"parallelism": max(1, len(s.Run.Parts)), "stage": max(0, b.Index),
		"input_seq_len": map[string]any{
			"distribution": "other", "value": b.PromptTokens.Mean, "std_dev": b.PromptTokens.Std,
			"min": int64(b.PromptTokens.Min), "max": int64(max(1, b.PromptTokens.Max)),
		},
	}
	if b.TargetRate > 0 {
		standard["rate_qps"] = b.TargetRate
	}
	if b.TargetConcurrency > 0 {
		standard["concurrency"] = b.TargetConcurrency
	}
	return map[string]any{
		"metadata": map[string]any{"schema_version": "0.0.1", "description": b.Name}, "standardized": standard,
		"native": map[string]any{"args": s.Run.Config, "config": map[string]any{"promptmill": notesOf(s, b)}},
	}
}

func llmdRequests(b *metrics.Benchmark) map[string]any {
	m := map[string]any{"total": b.Counts.Total, "failures": b.Counts.Errors, "incomplete": b.Counts.Unfinished + b.Counts.Cancelled}
	addStatistics(m, "input_length", &b.PromptTokens, "count")
	addStatistics(m, "output_length", &b.OutputTokens, "count")
	return m
}

func llmdLatency(b *metrics.Benchmark) map[string]any {
	m := map[string]any{}
	addStatistics(m, "time_to_first_token", &b.TTFT, "s")
	addStatistics(m, "time_per_output_token", &b.TPOT, "s/token")
	if b.TokensPerChunk.Count > 0 && b.TokensPerChunk.Min == 1 && b.TokensPerChunk.Max == 1 {
		addStatistics(m, "inter_token_latency", &b.ChunkGap, "s/token") // a gap is the time of a token only then
	}
	addStatistics(m, "request_latency", &b.Latency, "s")
	return m
}

func llmdThroughput(b *metrics.Benchmark) map[string]any {
	rate := func(v float64, unit string) map[string]any { return map[string]any{"mean": v, "units": unit} }
	return map[string]any{
		"request_rate":      rate(b.RequestsPerSecond, "queries/s"),
		"output_token_rate": rate(b.OutputTokensPerSecond, "tokens/s"),
		"total_token_rate":  rate(b.TotalTokensPerSecond, "tokens/s"),
		"input_token_rate":  rate(max(0, b.TotalTokensPerSecond-b.OutputTokensPerSecond), "tokens/s"),
	}
}

// addStatistics adds a distribution that has samples. Its figures are as docs/metrics.md has them: the schema does not say
// how a percentile is taken.
func addStatistics(to map[string]any, name string, d *metrics.Dist, unit string) {
	if d.Count == 0 {
		return
	}
	to[name] = map[string]any{
		"units": unit, "mean": d.Mean, "stddev": d.Std, "min": d.Min, "max": d.Max,
		"p50": d.P50, "p90": d.P90, "p95": d.P95, "p99": d.P99, "p99p9": d.P999,
	}
}
