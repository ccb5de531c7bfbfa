package foreign

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// serving is a result of vLLM's bench serve or of SGLang's bench_serving, which began as its copy. Arrays are in
// seconds and have an element for every request; without --save-detailed or --output-details they are not there.
type serving struct {
	Backend         string      `json:"backend"`
	ModelID         string      `json:"model_id"`
	RequestRate     number      `json:"request_rate"`
	Burstiness      *float64    `json:"burstiness"`
	MaxConcurrency  *int        `json:"max_concurrency"`
	Duration        float64     `json:"duration"`
	Completed       int         `json:"completed"`
	Failed          int         `json:"failed"`
	RequestRateReal *float64    `json:"request_throughput"`
	OutputRate      *float64    `json:"output_throughput"`
	VLLMTotalRate   *float64    `json:"total_token_throughput"`
	SGLangTotalRate *float64    `json:"total_throughput"`
	InputLens       []int64     `json:"input_lens"`
	OutputLens      []int64     `json:"output_lens"`
	TTFTs           []float64   `json:"ttfts"`
	ITLs            [][]float64 `json:"itls"`
	Latencies       []float64   `json:"latencies"`
	StartTimes      []float64   `json:"start_times"`
	Errors          []string    `json:"errors"`

	figures map[string]float64 // every number of the document
}

// number is a JSON number, or "inf".
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) != nil {
		s = string(text)
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return fmt.Errorf("%.40q is no number", s)
	}
	*n = number(v)
	return nil
}

func readVLLM(f *file) (*compare.Result, error) {
	return readServing(f, "ttfc", []string{"ttft", "ttfo"}, "e2el", []string{
		"vLLM's ttft is the time to the first chunk, here called ttfc: a chunk may carry no token.",
		"vLLM's tpot is the time from the first chunk to the last by the tokens but one: it is not ours, and not tested.",
	})
}

func readSGLang(f *file) (*compare.Result, error) {
	return readServing(f, "ttft", []string{"ttfc", "ttfo"}, "e2e_latency", []string{
		"SGLang opens a connection for every request, which is in its times.",
	})
}

// readServing reads the last run of the file. Its first instant is the metric first; latency is what it calls that.
func readServing(f *file, first string, without []string, latency string, notes []string) (*compare.Result, error) {
	docs, err := lines[json.RawMessage](f)
	if err != nil {
		return nil, err
	}
	var s serving
	last := docs[len(docs)-1]
	if err := json.Unmarshal(last, &s); err != nil {
		return nil, plain(err)
	}
	s.figures = numbers(last)
	if len(docs) > 1 {
		notes = append(notes, fmt.Sprintf("The file has %d runs; this is the last.", len(docs)))
	}
	run := &results.Run{Tool: f.tool, Model: s.ModelID}
	var r *compare.Result
	if len(s.OutputLens) > 0 && len(s.TTFTs) == len(s.OutputLens) && len(s.ITLs) == len(s.OutputLens) {
		if r, err = s.fromRequests(run, without); err == nil && first == "ttfc" {
			tpot := r.Benchmarks[0].Requests.Values["tpot"]
			for i := range tpot {
				tpot[i] = math.NaN() // its first instant is another
			}
		}
	} else {
		r = fromFigures(run, []compare.Benchmark{s.summary(first, latency)})
	}
	if err != nil {
		return nil, err
	}
	r.Notes = append(r.Notes, notes...)
	return r, nil
}

// numbers are the numbers of a JSON object, by key.
func numbers(doc json.RawMessage) map[string]float64 {
	var all map[string]json.RawMessage
	out := map[string]float64{}
	if json.Unmarshal(doc, &all) != nil {
		return out
	}
	for key, text := range all {
		var v *float64
		if json.Unmarshal(text, &v) == nil && v != nil {
			out[key] = *v
		}
	}
	return out
}

func (s *serving) load() load {
	slots := 0
	if s.MaxConcurrency != nil {
		slots = *s.MaxConcurrency
	}
	return byLoad(float64(s.RequestRate), slots, s.Burstiness == nil || *s.Burstiness == 1)
}

// fromRequests makes records of the arrays. SGLang does not say when a request started: then its rates are its own.
func (s *serving) fromRequests(run *results.Run, without []string) (*compare.Result, error) {
	if len(s.Errors) > 0 && len(s.Errors) != len(s.OutputLens) {
		return nil, fmt.Errorf("%d errors for %d requests", len(s.Errors), len(s.OutputLens))
	}
	b := s.load().benchmark(0)
	timed := len(s.StartTimes) == len(s.OutputLens)
	start := math.Inf(1)
	if timed {
		for _, at := range s.StartTimes {
			start = min(start, at)
		}
		window(&b, s.Duration)
	}
	run.Benchmarks = []results.Benchmark{b}
	recs := make([]results.Record, len(s.OutputLens))
	for i := range recs {
		sent := epochNS + int64(i)
		if timed {
			sent = place(&s.StartTimes[i], start)
		}
		s.record(&recs[i], i, sent)
	}
	r, err := fromRecords(run, recs, append(without, "scheduled_latency")...)
	if err != nil {
		return nil, err
	}
	if len(r.Benchmarks) == 0 {
		return nil, errors.New("no requests")
	}
	if !timed {
		s.ownRates(&r.Benchmarks[0])
		r.Benchmarks[0].Requests.Slices = nil
		r.Notes = append(r.Notes, "The file does not say when requests were sent: rates are the tool's own, and are not tested.")
	}
	return r, nil
}

func (s *serving) record(r *results.Record, i int, sent int64) {
	at := after(sent, s.TTFTs[i])
	*r = results.Record{
		Sequence: int64(i), DueNS: sent, SentNS: sent, FirstChunkNS: at, FirstTokenNS: at, TimeSource: "clock",
		OutputTokens: s.OutputLens[i], TokenSource: results.TokensFromUsage, Status: results.StatusOK,
	}
	if len(s.InputLens) == len(s.OutputLens) {
		r.PromptTokens = &s.InputLens[i]
	}
	if len(s.Errors) > 0 && s.Errors[i] != "" || s.TTFTs[i] == 0 && s.OutputLens[i] == 0 {
		r.Status, r.ErrorKind = results.StatusError, "other"
		return
	}
	r.ChunkNS = append(r.ChunkNS, at)
	for _, gap := range s.ITLs[i] {
		at = after(at, gap)
		r.ChunkNS = append(r.ChunkNS, at)
	}
	r.LastTokenNS, r.DoneNS = at, at
	if len(s.Latencies) == len(s.OutputLens) {
		r.DoneNS = after(sent, s.Latencies[i])
	}
}

func (s *serving) ownRates(b *compare.Benchmark) {
	known := func(p *float64) float64 {
		if p == nil {
			return math.NaN()
		}
		return *p
	}
	b.RequestsPerSecond, b.OutputTokensPerSecond = known(s.RequestRateReal), known(s.OutputRate)
	b.TotalTokensPerSecond = known(cmp.Or(s.VLLMTotalRate, s.SGLangTotalRate))
}

// summary is the benchmark by the figures of the tool.
func (s *serving) summary(first, latency string) compare.Benchmark {
	b := figuresOnly(s.load(), s.Completed, s.Failed)
	s.ownRates(&b)
	of := func(name string) metrics.Dist {
		own := map[string]float64{}
		for _, stat := range []string{"mean", "median", "std", "p50", "p90", "p95", "p99", "p99.9"} {
			if v, ok := s.figures[stat+"_"+name+"_ms"]; ok {
				own[stat] = v
			}
		}
		return dist(s.Completed, 1e-3, own)
	}
	*distOf(&b.Benchmark, first) = of("ttft")
	b.TPOT, b.Latency, b.ChunkGap = of("tpot"), of(latency), of("itl")
	return b
}
