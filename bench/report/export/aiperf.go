package export

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"path"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
	"github.com/promptmill/promptmill/bench/results"
)

// aiperfVersion is the AIPerf whose models read what is written here.
const aiperfVersion = "0.13.0"

// aiperfFiles are the artifacts of AIPerf, in a folder for each benchmark where there are several.
func aiperfFiles(s *Source) []File {
	return each(s, func(b *metrics.Benchmark, label string) []File {
		gather := func() (*aiperf, error) { return gatherAIPerf(s, b) }
		return []File{
			{path.Join(label, "profile_export.jsonl"), func(w io.Writer) error { return writeAIPerfRequests(w, s, b) }},
			{path.Join(label, "profile_export_aiperf.csv"), func(w io.Writer) error { return writeAIPerfCSV(w, gather) }},
			{path.Join(label, "profile_export_aiperf.json"), func(w io.Writer) error { return writeAIPerfSummary(w, s, b, gather) }},
		}
	})
}

// aiperfValue is the value of a metric in a line of profile_export.jsonl.
type aiperfValue struct {
	Value any    `json:"value"`
	Unit  string `json:"unit"`
}

// writeAIPerfRequests writes a line for each request, as they ended.
func writeAIPerfRequests(w io.Writer, s *Source, b *metrics.Benchmark) error {
	out := bufio.NewWriter(w)
	for r, err := range s.requests(b) {
		if err != nil {
			return err
		}
		text, err := json.Marshal(aiperfLine(&s.Summary.Run, r))
		if err != nil {
			return err
		}
		if _, err := out.Write(append(plain.JSON(text), '\n')); err != nil {
			return err
		}
	}
	return out.Flush()
}

func aiperfLine(run *results.Run, r *results.Record) map[string]any {
	started := run.StartedAt.UnixNano()
	at := func(ns int64) any {
		if ns == 0 {
			return nil
		}
		return started + ns
	}
	sent := cmp.Or(r.SentNS, r.DueNS)
	cut := r.Status == results.StatusUnfinished || r.Status == results.StatusCancelled
	line := map[string]any{
		"metadata": map[string]any{
			"session_num": r.Sequence, "x_request_id": r.RequestID, "turn_index": 0, "credit_issued_ns": started + r.DueNS,
			"request_start_ns": started + sent, "request_ack_ns": at(r.HeadersNS), "request_end_ns": started + cmp.Or(r.DoneNS, sent),
			"worker_id": "promptmill", "record_processor_id": "promptmill", "benchmark_phase": "profiling", "was_cancelled": cut,
		},
		"metrics": map[string]aiperfValue{}, "error": nil,
	}
	switch {
	case r.Status == results.StatusOK:
		line["metrics"] = aiperfValues(r)
	case cut:
		line["error"] = map[string]any{"code": 499, "type": "RequestCancellationError", "message": failure(r)}
	default:
		line["error"] = map[string]any{"code": positive(int(r.HTTPStatus)), "type": cmp.Or(r.ErrorKind, "other"), "message": failure(r)}
	}
	return line
}

// aiperfValues are the metrics of an answer: those of which AIPerf's definition is ours. Its inter-token latency is
// (request_latency - time_to_first_token) / (tokens - 1).
func aiperfValues(r *results.Record) map[string]aiperfValue {
	m := map[string]aiperfValue{}
	ms := func(name string, from, until int64) {
		if until != 0 && until >= from {
			m[name] = aiperfValue{float64(until-from) / 1e6, "ms"}
		}
	}
	ms("request_latency", r.SentNS, r.DoneNS)
	ms("time_to_first_token", r.SentNS, r.FirstTokenNS)
	ms("time_to_first_output_token", r.SentNS, r.FirstOutputNS)
	if r.PromptTokens != nil {
		m["input_sequence_length"] = aiperfValue{*r.PromptTokens, "tokens"}
	}
	if len(r.ChunkNS) > 1 {
		gaps := make([]float64, len(r.ChunkNS)-1)
		for i := range gaps {
			gaps[i] = 1e3 * between(r.ChunkNS[i], r.ChunkNS[i+1])
		}
		m["inter_chunk_latency"] = aiperfValue{gaps, "ms"}
	}
	if !r.Counted() || r.OutputTokens < 1 {
		return m
	}
	m["output_sequence_length"] = aiperfValue{r.OutputTokens, "tokens"}
	if r.ReasoningTokens != nil {
		m["reasoning_token_count"] = aiperfValue{*r.ReasoningTokens, "tokens"}
		m["output_token_count"] = aiperfValue{max(0, r.OutputTokens-*r.ReasoningTokens), "tokens"}
	}
	if n := float64(r.OutputTokens - 1); n > 0 && r.FirstTokenNS != 0 && r.DoneNS > r.FirstTokenNS {
		each := float64(r.DoneNS-r.FirstTokenNS) / n
		m["inter_token_latency"] = aiperfValue{each / 1e6, "ms"}
		m["output_token_throughput_per_user"] = aiperfValue{1e9 / each, "tokens/sec/user"}
	}
	return m
}

func writeAIPerfSummary(w io.Writer, s *Source, b *metrics.Benchmark, gather func() (*aiperf, error)) error {
	a, err := gather()
	if err != nil {
		return err
	}
	run := &s.Summary.Run
	return writeObject(w, func(o *object) {
		o.member("schema_version", "1.4")
		o.member("aiperf_version", aiperfVersion)
		o.member("benchmark_id", run.ID)
		for _, m := range a.metrics() {
			o.member(m.tag, m.block())
		}
		o.member("input_config", aiperfConfig(run, b))
		o.member("was_cancelled", run.Stopped != "")
		o.member("error_summary", aiperfErrors(&b.Counts))
		o.member("runtime_submission_invalid_reasons", append([]string{}, b.ClientLimited...))
		o.member("start_time", aiperfTime(run.StartedAt.Add(time.Duration(b.StartNS))))
		o.member("end_time", aiperfTime(run.StartedAt.Add(time.Duration(b.EndNS))))
		o.member("promptmill", notesOf(s.Summary, b))
	})
}

func aiperfTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000") }

// aiperfConfig is as much of a configuration as AIPerf's model wants, and the load.
func aiperfConfig(run *results.Run, b *metrics.Benchmark) map[string]any {
	phase := map[string]any{"name": "profiling", "kind": "profiling", "requests": max(1, b.Counts.Total)}
	switch {
	case b.TargetRate > 0 && b.Strategy == "constant":
		phase["type"], phase["rate"] = "constant", b.TargetRate
	case b.TargetRate > 0:
		phase["type"], phase["rate"] = "poisson", b.TargetRate
	default:
		phase["type"], phase["concurrency"] = "concurrency", max(1, cmp.Or(b.TargetConcurrency, b.ConcurrencyMax))
	}
	kind := "chat"
	if strings.HasSuffix(run.Endpoint, "/v1/completions") {
		kind = "completions"
	}
	return map[string]any{
		"models":   map[string]any{"items": []any{map[string]any{"name": run.Model}}},
		"endpoint": map[string]any{"urls": []string{run.Target}, "type": kind, "streaming": true},
		"datasets": []any{map[string]any{"name": "main", "type": "file", "path": cmp.Or(run.Prompts.Path, "prompts.jsonl"), "format": "single_turn"}},
		"phases":   []any{phase},
	}
}

func aiperfErrors(c *metrics.Counts) []any {
	all := []any{}
	for _, e := range c.ErrorKinds {
		all = append(all, map[string]any{"error_details": map[string]any{"type": e.Kind, "message": e.Example}, "count": e.Count})
	}
	return all
}
