package export

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// guideVersion is the GuideLLM whose loader reads what is written here.
const guideVersion = "0.8.1"

// writeGuideLLM writes benchmarks.json, version 2. Times are seconds of the Unix clock, of which a float64 has a quarter of
// a microsecond.
func writeGuideLLM(w io.Writer, s *Source) error {
	return writeObject(w, func(o *object) {
		o.member("metadata", map[string]any{
			"version": 2, "guidellm_version": guideVersion, "python_version": "", "platform": s.Summary.Run.Tool,
		})
		o.member("config", guideScenario(s.Summary))
		o.name("benchmarks")
		o.raw("[")
		for i := range s.Summary.Benchmarks {
			if i > 0 {
				o.raw(", ")
			}
			o.value(guideBenchmark(o, s, &s.Summary.Benchmarks[i]))
		}
		o.raw("]")
	})
}

// guideScenario is what GuideLLM would have been asked. It has one profile: that of the first benchmark.
func guideScenario(s *metrics.Summary) map[string]any {
	first := &metrics.Benchmark{}
	if len(s.Benchmarks) > 0 {
		first = &s.Benchmarks[0]
	}
	strategy := guideStrategy(first)
	profile := map[string]any{"kind": strategy["type_"]}
	for _, level := range []string{"rate", "streams"} {
		if v, ok := strategy[level]; ok {
			profile[level] = []any{v}
		}
	}
	return map[string]any{
		"metadata": map[string]any{"labels": map[string]any{"tool": s.Run.Tool, "run": s.Run.ID}},
		"spec": map[string]any{
			"backend": map[string]any{"kind": "openai_http", "target": s.Run.Target, "model": s.Run.Model},
			"profile": profile, "data": []any{map[string]any{"kind": "json_file", "path": cmp.Or(s.Run.Prompts.Path, "prompts.jsonl")}},
		},
	}
}

// guideBenchmark is a benchmark with all its requests. An error of reading them ends o.
func guideBenchmark(o *object, s *Source, b *metrics.Benchmark) map[string]any {
	g := guide{started: float64(s.Summary.Run.StartedAt.UnixNano()) / 1e9, requests: map[string][]any{}, samples: map[string]*weighted{}}
	for r, err := range inOrder(s.requests(b)) {
		if err != nil {
			o.err = cmp.Or(o.err, err)
			return nil
		}
		g.add(&r)
	}
	start, end := g.at(b.StartNS), g.at(b.WindowEndNS)
	return map[string]any{
		"type_":             "generative_benchmark",
		"config":            guideConfig(s.Summary, b),
		"scheduler_state":   map[string]any{"start_time": start, "end_time": g.at(b.EndNS)},
		"scheduler_metrics": g.scheduler(b),
		"metrics":           g.metrics(b),
		"requests": map[string]any{
			"successful": orEmpty(g.requests["completed"]), "incomplete": orEmpty(g.requests["cancelled"]), "errored": orEmpty(g.requests["errored"]), "total": nil,
		},
		"start_time": start, "end_time": end, "duration": end - start, "warmup_duration": 0, "cooldown_duration": 0,
	}
}

func guideConfig(s *metrics.Summary, b *metrics.Benchmark) map[string]any {
	return map[string]any{
		"id_": fmt.Sprintf("%s-%d", s.Run.ID, b.Index), "run_id": s.Run.ID, "run_index": b.Index,
		"strategy": guideStrategy(b), "constraints": map[string]any{}, "profile": map[string]any{"kind": guideStrategy(b)["type_"]},
		"requests":    map[string]any{"path": s.Run.Prompts.Path, "sha256": s.Run.Prompts.SHA256},
		"backend":     map[string]any{"kind": "openai_http", "target": s.Run.Target, "model": s.Run.Model, "request_format": s.Run.Endpoint},
		"environment": map[string]any{"promptmill": notesOf(s, b)},
	}
}

// guideStrategy is the nearest strategy that GuideLLM knows.
func guideStrategy(b *metrics.Benchmark) map[string]any {
	switch {
	case b.TargetRate > 0 && b.Strategy == "constant":
		return map[string]any{"type_": "constant", "rate": b.TargetRate}
	case b.TargetRate > 0:
		return map[string]any{"type_": "poisson", "rate": b.TargetRate}
	case b.Strategy == "synchronous":
		return map[string]any{"type_": "synchronous"}
	case b.Strategy != "throughput" && b.TargetConcurrency > 0:
		return map[string]any{"type_": "concurrent", "streams": b.TargetConcurrency}
	}
	return map[string]any{"type_": "throughput"}
}

// guide gathers a benchmark for GuideLLM.
type guide struct {
	started  float64 // of the run, by the Unix clock
	requests map[string][]any
	samples  map[string]*weighted // by the metric's name there
}

// at is an instant by the Unix clock.
func (g *guide) at(ns int64) float64 { return g.started + float64(ns)/1e9 }

// instant is an instant, or null when it did not happen.
func (g *guide) instant(ns int64) any {
	if ns == 0 {
		return nil
	}
	return g.at(ns)
}

func (g *guide) add(r *results.Record) {
	status := map[string]string{results.StatusOK: "completed", results.StatusUnfinished: "cancelled", results.StatusCancelled: "cancelled"}[r.Status]
	status = cmp.Or(status, "errored")
	g.requests[status] = append(g.requests[status], g.request(r, status))
	if status != "completed" || r.Empty() {
		return
	}
	g.sample("request_latency", between(r.SentNS, r.DoneNS))
	g.sample("request_dispatch_delay", between(r.DueNS, r.SentNS))
	g.sample("request_scheduled_latency", between(r.DueNS, r.DoneNS))
	g.sample("request_streaming_iterations_count", float64(len(r.ChunkNS)))
	if r.FirstTokenNS != 0 {
		g.sample("time_to_first_token_ms", 1e3*between(r.SentNS, r.FirstTokenNS))
	}
	if r.FirstOutputNS != 0 {
		g.sample("time_to_first_output_token_ms", 1e3*between(r.SentNS, r.FirstOutputNS))
	}
	g.addTokens(r)
}

// addTokens takes the figures of the tokens, where somebody counted them. What GuideLLM calls time per output token has the
// wait for the first in it; its inter-token latency is our tpot, weighted by tokens.
func (g *guide) addTokens(r *results.Record) {
	if r.PromptTokens != nil {
		g.sample("prompt_token_count", float64(*r.PromptTokens))
	}
	if !r.Counted() || r.OutputTokens < 1 {
		return
	}
	n := float64(r.OutputTokens)
	g.sample("output_token_count", n)
	g.sample("total_token_count", n+float64(value(r.PromptTokens)))
	g.of("time_per_output_token_ms").add(1e3*between(r.SentNS, cmp.Or(r.LastTokenNS, r.DoneNS))/n, n)
	if n > 1 && r.FirstTokenNS != 0 {
		g.of("inter_token_latency_ms").add(1e3*between(r.FirstTokenNS, r.LastTokenNS)/(n-1), n-1)
	}
	if chunks := float64(len(r.ChunkNS)); chunks > 0 {
		g.of("output_tokens_per_iteration").add(n/chunks, chunks)
		g.of("iter_tokens_per_iteration").add((n-1)/max(1, chunks-1), max(1, chunks-1))
	}
}

func (g *guide) sample(metric string, v float64) { g.of(metric).add(v, 1) }

func (g *guide) of(metric string) *weighted {
	if g.samples[metric] == nil {
		g.samples[metric] = &weighted{}
	}
	return g.samples[metric]
}

func (g *guide) request(r *results.Record, status string) map[string]any {
	var failed any
	if status == "errored" {
		failed = failure(r)
	}
	output := any(nil)
	if status == "completed" && r.Counted() {
		output = r.OutputTokens
	}
	id := cmp.Or(r.RequestID, fmt.Sprint(r.Sequence))
	return map[string]any{
		"type_": "generative_request_stats", "request_id": id, "output": r.ResponseText,
		"info": map[string]any{
			"request_id": id, "status": status, "error": failed,
			"timings": map[string]any{
				"targeted_start": g.instant(r.DueNS), "resolve_start": g.instant(r.SentNS), "request_start": g.instant(r.SentNS),
				"first_request_iteration": g.instant(r.FirstChunkNS), "first_token_iteration": g.instant(r.FirstTokenNS),
				"first_output_token_iteration": g.instant(r.FirstOutputNS), "last_token_iteration": g.instant(r.LastTokenNS),
				"last_request_iteration": g.instant(r.LastTokenNS), "request_iterations": len(r.ChunkNS), "token_iterations": len(r.ChunkNS),
				"request_end": g.instant(cmp.Or(r.DoneNS, r.SentNS)), "resolve_end": g.instant(cmp.Or(r.DoneNS, r.SentNS, r.DueNS)),
			},
		},
		"input_metrics":  map[string]any{"text_tokens": r.PromptTokens, "cached_tokens": r.CachedTokens},
		"output_metrics": map[string]any{"text_tokens": output},
		"prompt_tokens":  r.PromptTokens, "output_tokens": output,
	}
}

func (g *guide) scheduler(b *metrics.Benchmark) map[string]any {
	m := map[string]any{
		"start_time": g.at(b.StartNS), "request_start_time": g.at(b.StartNS), "measure_start_time": g.at(b.StartNS),
		"measure_end_time": g.at(b.WindowEndNS), "request_end_time": g.at(b.EndNS), "end_time": g.at(b.EndNS),
		"requests_made": guideCounts(&b.Counts), "strategy_type": guideStrategy(b)["type_"],
		"request_targeted_start_delay_avg": b.SendLag.Mean, "request_time_avg": b.Latency.Mean, "resolve_time_avg": b.Latency.Mean,
	}
	for unknown := range strings.FieldsSeq("queued_time_avg resolve_start_delay_avg resolve_targeted_start_delay_avg request_start_delay_avg resolve_end_delay_avg finalized_delay_avg processed_delay_avg") {
		m[unknown] = -1.0 // GuideLLM's own value for what it has not measured
	}
	return m
}

func guideCounts(c *metrics.Counts) map[string]int {
	return map[string]int{"successful": c.OK, "incomplete": c.Unfinished + c.Cancelled, "errored": c.Errors, "total": c.Total}
}

func orEmpty(l []any) []any { return append([]any{}, slices.Clone(l)...) }
