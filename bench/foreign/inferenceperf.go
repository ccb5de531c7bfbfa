package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/results"
)

// inferenceRequest is an element of per_request_lifecycle_metrics.json. Times are seconds of a monotonic clock.
type inferenceRequest struct {
	Start   float64 `json:"start_time"`
	End     float64 `json:"end_time"`
	Request string  `json:"request"` // the body, JSON
	Info    struct {
		InputTokens *int64 `json:"input_tokens"`
		Response    struct {
			OutputTokens *int64    `json:"output_tokens"`
			TokenTimes   []float64 `json:"output_token_times"`
			Chunks       []float64 `json:"chunk_times"`
		} `json:"response_metrics"`
	} `json:"info"`
	Error *struct {
		Type string `json:"error_type"`
	} `json:"error"`
}

// inferenceStage is a stage_N_lifecycle_metrics.json or the summary of all. Times are seconds.
type inferenceStage struct {
	Seconds float64 `json:"benchmark_time_seconds"`
	Load    struct {
		Rate        float64 `json:"requested_rate"`
		Concurrency int     `json:"concurrency"`
	} `json:"load_summary"`
	Successes struct {
		Count      int                           `json:"count"`
		Latency    map[string]map[string]float64 `json:"latency"`
		Throughput map[string]float64            `json:"throughput"`
	} `json:"successes"`
	Failures struct {
		Count int `json:"count"`
	} `json:"failures"`
}

const inferenceNote = "inference-perf's constant rate has gaps of random length; its time to first token ignores reasoning."

func readInferencePerf(f *file) (*compare.Result, error) {
	docs, err := lines[[]inferenceRequest](f)
	if err != nil {
		return nil, err
	}
	requests := docs[0]
	var stage, second inferenceStage
	known := f.sibling("stage_0_lifecycle_metrics.json", &stage)
	if f.sibling("stage_1_lifecycle_metrics.json", &second) {
		return f.stages(requests)
	}
	start, end := math.Inf(1), math.Inf(-1)
	for i := range requests {
		start, end = min(start, requests[i].Start), max(end, requests[i].End)
	}
	if !(end > start) {
		return nil, errors.New("no request with a start and an end")
	}
	b := stage.load().benchmark(0)
	window(&b, end-start)
	run := inferenceRun(requests)
	run.Benchmarks = []results.Benchmark{b}
	recs := make([]results.Record, len(requests))
	for i := range recs {
		requests[i].record(&recs[i], int64(i), start)
	}
	r, err := fromRecords(run, recs, "ttft", "scheduled_latency")
	if err != nil {
		return nil, err
	}
	r.Notes = append(r.Notes, inferenceNote)
	if !known {
		r.Notes = append(r.Notes, "stage_0_lifecycle_metrics.json is not beside it: the load is not known.")
	}
	return r, nil
}

// inferenceRun takes from the first body what the requests had in common.
func inferenceRun(requests []inferenceRequest) *results.Run {
	run := &results.Run{Tool: "inference-perf"}
	var body struct {
		Model     string          `json:"model"`
		MaxTokens *float64        `json:"max_tokens"`
		Prompt    json.RawMessage `json:"prompt"`
	}
	if len(requests) == 0 || json.Unmarshal([]byte(requests[0].Request), &body) != nil {
		return run
	}
	run.Model, run.Endpoint = body.Model, "/v1/chat/completions"
	if body.Prompt != nil {
		run.Endpoint = "/v1/completions"
	}
	if body.MaxTokens != nil {
		run.Config = map[string]any{"max-tokens": *body.MaxTokens}
	}
	return run
}

func (s *inferenceStage) load() load {
	if !(s.Load.Rate > 0) && s.Load.Concurrency <= 0 {
		return unknownLoad
	}
	return byLoad(s.Load.Rate, s.Load.Concurrency, false)
}

func (q *inferenceRequest) record(r *results.Record, sequence int64, start float64) {
	*r = results.Record{
		Sequence: sequence, SentNS: place(&q.Start, start), DoneNS: place(&q.End, start),
		TimeSource: "clock", TokenSource: results.TokensUnknown, Status: results.StatusOK, PromptTokens: q.Info.InputTokens,
	}
	r.DueNS = r.SentNS
	if q.Error != nil {
		r.Status, r.ErrorKind = results.StatusError, q.Error.Type
	}
	times := q.Info.Response.TokenTimes
	if n := len(times); n > 0 {
		r.FirstOutputNS, r.LastTokenNS = place(&times[0], start), place(&times[n-1], start)
		r.FirstTokenNS = r.FirstOutputNS
	}
	if n := q.Info.Response.OutputTokens; n != nil {
		r.OutputTokens, r.TokenSource = *n, results.TokensFromUsage
	}
}

// stages reads the figures of every stage: requests do not say which one they belong to.
func (f *file) stages(requests []inferenceRequest) (*compare.Result, error) {
	var benches []compare.Benchmark
	for i := range mostStages {
		var s inferenceStage
		if !f.sibling(fmt.Sprintf("stage_%d_lifecycle_metrics.json", i), &s) {
			break
		}
		benches = append(benches, s.figures(i))
	}
	r := fromFigures(inferenceRun(requests), benches)
	r.Notes = append(r.Notes, inferenceNote)
	return r, nil
}

const mostStages = 1000

func readInferencePerfSummary(f *file) (*compare.Result, error) {
	docs, err := lines[inferenceStage](f)
	if err != nil {
		return nil, err
	}
	r := fromFigures(&results.Run{Tool: "inference-perf"}, []compare.Benchmark{docs[0].figures(0)})
	r.Notes = append(r.Notes, inferenceNote)
	return r, nil
}

// figures are what a stage says of itself.
func (s *inferenceStage) figures(index int) compare.Benchmark {
	b := figuresOnly(s.load(), s.Successes.Count, s.Failures.Count)
	b.Index, b.WindowSeconds = index, s.Seconds
	of := func(metric string) map[string]float64 { return s.Successes.Latency[metric] }
	b.TTFO = dist(b.Counts.OK, 1, of("time_to_first_token"))
	b.TPOT = dist(b.Counts.OK, 1, of("time_per_output_token"))
	b.Latency = dist(b.Counts.OK, 1, of("request_latency"))
	for metric, to := range map[string]*float64{
		"requests_per_sec": &b.RequestsPerSecond, "output_tokens_per_sec": &b.OutputTokensPerSecond,
		"total_tokens_per_sec": &b.TotalTokensPerSecond,
	} {
		if v, ok := s.Successes.Throughput[metric]; ok {
			*to = v
		}
	}
	return b
}
