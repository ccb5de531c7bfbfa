package foreign

import (
	"errors"
	"fmt"
	"math"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/results"
)

// guideLLM is a benchmarks.json of GuideLLM, version 2 (0.7 and later).
type guideLLM struct {
	Metadata struct {
		Version int    `json:"version"`
		Tool    string `json:"guidellm_version"`
	} `json:"metadata"`
	Benchmarks []guideBenchmark `json:"benchmarks"`
}

type guideBenchmark struct {
	Config struct {
		Strategy struct {
			Type    string   `json:"type_"`
			Streams *int     `json:"streams"`
			Rate    *float64 `json:"rate"`
		} `json:"strategy"`
		Backend struct {
			Target string `json:"target"`
			Model  string `json:"model"`
			Format string `json:"request_format"`
		} `json:"backend"`
	} `json:"config"`
	Metrics  map[string]any `json:"metrics"`
	Requests struct {
		Successful []guideRequest `json:"successful"`
		Incomplete []guideRequest `json:"incomplete"`
		Errored    []guideRequest `json:"errored"`
	} `json:"requests"`
	Start    float64 `json:"start_time"`
	Duration float64 `json:"duration"`
}

type guideRequest struct {
	Info struct {
		Timings struct {
			Targeted    *float64 `json:"targeted_start"`
			Start       *float64 `json:"request_start"`
			FirstChunk  *float64 `json:"first_request_iteration"`
			FirstToken  *float64 `json:"first_token_iteration"`
			FirstOutput *float64 `json:"first_output_token_iteration"`
			LastToken   *float64 `json:"last_token_iteration"`
			End         *float64 `json:"request_end"`
		} `json:"timings"`
		Error *string `json:"error"`
	} `json:"info"`
	PromptTokens *int64 `json:"prompt_tokens"`
	OutputTokens *int64 `json:"output_tokens"`
}

func readGuideLLM(f *file) (*compare.Result, error) {
	docs, err := lines[guideLLM](f)
	if err != nil {
		return nil, err
	}
	doc := &docs[0]
	if doc.Metadata.Version > 2 {
		return nil, fmt.Errorf("version %d; this program reads version 2", doc.Metadata.Version)
	}
	if len(doc.Benchmarks) == 0 {
		return nil, errors.New("no benchmark")
	}
	first := &doc.Benchmarks[0].Config.Backend
	run := &results.Run{Tool: "GuideLLM " + doc.Metadata.Tool, Model: first.Model, Target: first.Target, Endpoint: first.Format}
	var recs []results.Record
	start := doc.firstStart()
	for i := range doc.Benchmarks {
		b := &doc.Benchmarks[i]
		described := b.load().benchmark(i)
		described.StartNS = place(&b.Start, start)
		described.WindowEndNS = after(described.StartNS, b.Duration)
		described.SendEndNS, described.EndNS = described.WindowEndNS, described.WindowEndNS
		described.StartNS = max(0, described.StartNS-1)
		run.Benchmarks = append(run.Benchmarks, described)
		recs = b.records(recs, i, start)
	}
	r, err := fromRecords(run, recs)
	if err != nil {
		return nil, err
	}
	r.StartedAt = atSeconds(start)
	r.Notes = append(r.Notes, "Figures are computed here from GuideLLM's requests; its own rates count requests that failed, too.")
	for i := range doc.Benchmarks {
		if total := doc.Benchmarks[i].successes(); total > len(doc.Benchmarks[i].Requests.Successful) {
			r.Notes = append(r.Notes, fmt.Sprintf("%s: the file has %d of the %d successful requests.",
				r.Benchmarks[i].Name, len(doc.Benchmarks[i].Requests.Successful), total))
		}
	}
	return r, nil
}

// firstStart is the earliest instant of the file.
func (d *guideLLM) firstStart() float64 {
	start := math.Inf(1)
	for i := range d.Benchmarks {
		start = min(start, d.Benchmarks[i].Start)
	}
	return start
}

func (b *guideBenchmark) load() load {
	s := &b.Config.Strategy
	rate, streams := 0.0, 0
	if s.Rate != nil {
		rate = *s.Rate
	}
	if s.Streams != nil {
		streams = *s.Streams
	}
	switch s.Type {
	case "synchronous":
		return byLoad(0, 1, false)
	case "concurrent":
		return load{"concurrent", 0, streams}
	case "throughput":
		return load{strategy: "throughput"}
	}
	return byLoad(rate, streams, s.Type == "poisson")
}

// successes is how many successful requests GuideLLM says that there were.
func (b *guideBenchmark) successes() int {
	totals, _ := b.Metrics["request_totals"].(map[string]any)
	n, _ := totals["successful"].(float64)
	return int(n)
}

func (b *guideBenchmark) records(to []results.Record, benchmark int, start float64) []results.Record {
	add := func(requests []guideRequest, status string) {
		for i := range requests {
			r := requests[i].record(start)
			r.Benchmark, r.Sequence, r.Status = int32(benchmark), int64(len(to)), status
			if status == results.StatusError {
				r.ErrorKind = "other"
			}
			to = append(to, r)
		}
	}
	add(b.Requests.Successful, results.StatusOK)
	add(b.Requests.Errored, results.StatusError)
	add(b.Requests.Incomplete, results.StatusUnfinished)
	return to
}

func (g *guideRequest) record(start float64) results.Record {
	t := &g.Info.Timings
	r := results.Record{
		DueNS: place(t.Targeted, start), SentNS: place(t.Start, start), FirstChunkNS: place(t.FirstChunk, start),
		FirstTokenNS: place(t.FirstToken, start), FirstOutputNS: place(t.FirstOutput, start),
		LastTokenNS: place(t.LastToken, start), DoneNS: place(t.End, start),
		TimeSource: "clock", TokenSource: results.TokensUnknown, PromptTokens: g.PromptTokens,
	}
	if g.OutputTokens != nil {
		r.OutputTokens, r.TokenSource = *g.OutputTokens, results.TokensFromUsage
	}
	if r.DueNS == 0 {
		r.DueNS = r.SentNS
	}
	return r
}
