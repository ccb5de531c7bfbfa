package foreign

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"strings"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/results"
)

// aiperfRequest is a line of profile_export.jsonl.
type aiperfRequest struct {
	Metadata struct {
		Start     int64  `json:"request_start_ns"`
		End       int64  `json:"request_end_ns"`
		Phase     string `json:"benchmark_phase"`
		Cancelled bool   `json:"was_cancelled"`
	} `json:"metadata"`
	Metrics map[string]struct {
		Value json.RawMessage `json:"value"`
		Unit  string          `json:"unit"`
	} `json:"metrics"`
	Error *struct {
		Type string `json:"type"`
	} `json:"error"`
}

// aiperfSummary is profile_export_aiperf.json, of schema 1.x: the load is in phases or, before, in loadgen.
type aiperfSummary struct {
	Version string          `json:"aiperf_version"`
	Config  json.RawMessage `json:"input_config"`
	config  aiperfConfig
	figures map[string]map[string]float64
}

type aiperfConfig struct {
	Models   json.RawMessage `json:"models"`
	Endpoint struct {
		Type   string   `json:"type"`
		URLs   []string `json:"urls"`
		Models []string `json:"model_names"`
	} `json:"endpoint"`
	Phases  []aiperfLoad `json:"phases"`
	LoadGen aiperfLoad   `json:"loadgen"`
}

type aiperfLoad struct {
	Name        string  `json:"name"`
	Type        string  `json:"type"`
	Concurrency int     `json:"concurrency"`
	Rate        float64 `json:"rate"`
	RequestRate float64 `json:"request_rate"`
	RateMode    string  `json:"request_rate_mode"`
}

const aiperfNote = "AIPerf ends an answer with its last content, and computes tpot (its inter_token_latency) to there."

func readAIPerf(f *file) (*compare.Result, error) {
	requests, err := lines[aiperfRequest](f)
	if err != nil {
		return nil, err
	}
	var s aiperfSummary
	known := f.sibling("profile_export_aiperf.json", &s)
	run := s.run()
	start, end := int64(math.MaxInt64), int64(0)
	for i := range requests {
		if m := &requests[i].Metadata; m.Phase != "warmup" && m.Start > 0 {
			start, end = min(start, m.Start), max(end, m.End)
		}
	}
	if end <= start {
		return nil, errors.New("no request with a start and an end")
	}
	b := s.load().benchmark(0)
	window(&b, float64(end-start)/1e9)
	run.Benchmarks = []results.Benchmark{b}
	recs := make([]results.Record, len(requests))
	for i := range recs {
		requests[i].record(&recs[i], int64(i), start)
	}
	r, err := fromRecords(run, recs, "ttfc", "scheduled_latency")
	if err != nil {
		return nil, err
	}
	r.StartedAt = atSeconds(float64(start) / 1e9)
	r.Notes = append(r.Notes, aiperfNote)
	if !known {
		r.Notes = append(r.Notes, "profile_export_aiperf.json is not beside it: model and load are not known.")
	}
	return r, nil
}

// run describes what the summary tells.
func (s *aiperfSummary) run() *results.Run {
	run := &results.Run{Tool: strings.TrimSpace("AIPerf " + s.Version)}
	if json.Unmarshal(s.Config, &s.config) != nil {
		return run
	}
	var models struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	if json.Unmarshal(s.config.Models, &models) == nil && len(models.Items) == 1 {
		run.Model = models.Items[0].Name
	} else if len(s.config.Endpoint.Models) == 1 {
		run.Model = s.config.Endpoint.Models[0]
	}
	if len(s.config.Endpoint.URLs) == 1 {
		run.Target = s.config.Endpoint.URLs[0]
	}
	run.Endpoint = map[string]string{"chat": "/v1/chat/completions", "completions": "/v1/completions"}[s.config.Endpoint.Type]
	return run
}

func (s *aiperfSummary) load() load {
	l := s.config.LoadGen
	for _, phase := range s.config.Phases {
		if phase.Name == "profiling" || len(s.config.Phases) == 1 {
			l = phase
		}
	}
	if l == (aiperfLoad{}) {
		return unknownLoad
	}
	random := l.Type == "poisson" || l.RateMode == "poisson"
	return byLoad(cmp.Or(l.Rate, l.RequestRate), l.Concurrency, random)
}

// record puts the request on a clock that starts with the first one.
func (a *aiperfRequest) record(r *results.Record, sequence, start int64) {
	m := &a.Metadata
	*r = results.Record{
		Sequence: sequence, Warmup: m.Phase == "warmup", TimeSource: "clock", TokenSource: results.TokensUnknown,
		SentNS: max(1, epochNS+m.Start-start), Status: results.StatusOK,
	}
	r.DueNS = r.SentNS
	switch {
	case m.Cancelled:
		r.Status = results.StatusUnfinished
	case a.Error != nil:
		r.Status, r.ErrorKind = results.StatusError, cmp.Or(a.Error.Type, "other")
	}
	instant := func(metric string) int64 {
		if ms, ok := a.metric(metric); ok {
			return after(r.SentNS, ms/1000)
		}
		return 0
	}
	r.FirstTokenNS, r.FirstOutputNS = instant("time_to_first_token"), instant("time_to_first_output_token")
	r.DoneNS = instant("request_latency")
	r.LastTokenNS = r.DoneNS
	if tokens, ok := a.metric("output_sequence_length"); ok && tokens >= 0 && tokens < 1e12 {
		r.OutputTokens, r.TokenSource = int64(tokens), results.TokensFromUsage
	}
	if tokens, ok := a.metric("input_sequence_length"); ok && tokens >= 0 && tokens < 1e12 {
		r.PromptTokens = new(int64(tokens))
	}
}

func (a *aiperfRequest) metric(name string) (float64, bool) {
	var v *float64
	err := json.Unmarshal(a.Metrics[name].Value, &v)
	if err != nil || v == nil {
		return 0, false
	}
	return *v, true
}

// readAIPerfSummary reads the requests where they lie beside the summary, else its figures.
func readAIPerfSummary(f *file) (*compare.Result, error) {
	if data, ok := f.beside("profile_export.jsonl"); ok {
		return readAIPerf(&file{name: f.name, dir: f.dir, tool: f.tool, data: data})
	}
	docs, err := lines[json.RawMessage](f)
	if err != nil {
		return nil, err
	}
	var s aiperfSummary
	if err := json.Unmarshal(docs[0], &s); err != nil {
		return nil, plain(err)
	}
	s.figures = blocks(docs[0])
	run := s.run()
	b := figuresOnly(s.load(), int(s.figures["request_count"]["avg"]), int(s.figures["error_request_count"]["avg"]))
	of := func(metric string) map[string]float64 { return s.figures[metric] }
	b.TTFT = dist(b.Counts.OK, 1e-3, of("time_to_first_token"))
	b.TTFO = dist(b.Counts.OK, 1e-3, of("time_to_first_output_token"))
	b.TPOT = dist(b.Counts.OK, 1e-3, of("inter_token_latency"))
	b.Latency = dist(b.Counts.OK, 1e-3, of("request_latency"))
	for metric, to := range map[string]*float64{
		"request_throughput": &b.RequestsPerSecond, "output_token_throughput": &b.OutputTokensPerSecond,
		"total_token_throughput": &b.TotalTokensPerSecond,
	} {
		if v, ok := of(metric)["avg"]; ok {
			*to = v
		}
	}
	r := fromFigures(run, []compare.Benchmark{b})
	r.Notes = append(r.Notes, aiperfNote)
	return r, nil
}

// blocks are the objects of a JSON object, and the numbers in each.
func blocks(doc json.RawMessage) map[string]map[string]float64 {
	var all map[string]json.RawMessage
	out := map[string]map[string]float64{}
	if json.Unmarshal(doc, &all) == nil {
		for key, text := range all {
			out[key] = numbers(text)
		}
	}
	return out
}
