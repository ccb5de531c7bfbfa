package export

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// vllmFiles are what `vllm bench serve --save-result --save-detailed` writes, one file for each benchmark.
func vllmFiles(s *Source) []File {
	return each(s, func(b *metrics.Benchmark, label string) []File {
		return []File{{cmp.Or(label, "vllm") + ".json", func(w io.Writer) error { return writeVLLM(w, s, b) }}}
	})
}

// serving is a benchmark as vLLM sees it: lists with an element for every request, times in seconds. Its first instant
// is the first chunk with choices, even if that carries no token.
type serving struct {
	starts, waits, ttfts, latencies []float64
	inputs, outputs                 []int64
	itls                            [][]float64
	texts, errors                   []string

	completed, inputTokens, outputTokens int64
	ttft, tpot, itl, e2el, queue, queued []float64 // of the completed ones
	perSecond                            map[int64]float64
}

func writeVLLM(w io.Writer, s *Source, b *metrics.Benchmark) error {
	v := &serving{perSecond: map[int64]float64{}}
	for r, err := range inOrder(s.requests(b)) {
		if err != nil {
			return err
		}
		v.add(&r)
	}
	return writeObject(w, func(o *object) {
		v.describe(o, s.Summary, b)
		v.rates(o, b)
		v.lists(o)
		v.figures(o)
	})
}

// add takes one request. vLLM knows only completed and failed ones: what was cut off failed.
func (v *serving) add(r *results.Record) {
	v.starts = append(v.starts, float64(cmp.Or(r.SentNS, r.DueNS))/1e9)
	v.waits = append(v.waits, between(r.DueNS, cmp.Or(r.SentNS, r.DueNS)))
	prompt := value(r.PromptTokens)
	v.inputs = append(v.inputs, prompt)
	if r.Status != results.StatusOK {
		v.ttfts, v.latencies = append(v.ttfts, 0), append(v.latencies, 0)
		v.outputs, v.itls = append(v.outputs, 0), append(v.itls, []float64{})
		v.texts, v.errors = append(v.texts, ""), append(v.errors, failure(r))
		return
	}
	first := cmp.Or(r.FirstChunkNS, r.FirstTokenNS, r.DoneNS)
	ttft, latency := between(r.SentNS, first), between(r.SentNS, r.DoneNS)
	gaps := v.gaps(first, r)
	v.ttfts, v.latencies = append(v.ttfts, ttft), append(v.latencies, latency)
	v.outputs, v.itls = append(v.outputs, r.OutputTokens), append(v.itls, gaps)
	v.texts, v.errors = append(v.texts, value(r.ResponseText)), append(v.errors, "")
	v.completed++
	v.inputTokens += prompt
	v.outputTokens += r.OutputTokens
	v.ttft, v.e2el, v.itl = append(v.ttft, ttft), append(v.e2el, latency), append(v.itl, gaps...)
	v.queue, v.queued = append(v.queue, between(r.DueNS, r.SentNS)), append(v.queued, between(r.DueNS, r.DoneNS))
	if r.OutputTokens > 1 {
		v.tpot = append(v.tpot, (latency-ttft)/float64(r.OutputTokens-1))
	}
}

// gaps are the times between the chunks of an answer, from its first on.
func (v *serving) gaps(first int64, r *results.Record) []float64 {
	gaps := []float64{}
	for _, at := range r.ChunkNS {
		if at != first || len(gaps) > 0 {
			gaps = append(gaps, between(first, at))
		}
		first = at
		v.perSecond[at/1e9] += float64(r.OutputTokens) / float64(len(r.ChunkNS))
	}
	return gaps
}

func (v *serving) describe(o *object, s *metrics.Summary, b *metrics.Benchmark) {
	backend := "openai-chat"
	if s.Run.Endpoint == "/v1/completions" {
		backend = "openai"
	}
	o.member("date", s.Run.StartedAt.Add(time.Duration(b.StartNS)).UTC().Format("20060102-150405"))
	o.member("endpoint_type", backend)
	o.member("backend", backend)
	o.member("label", nil)
	o.member("model_id", s.Run.Model)
	o.member("tokenizer_id", s.Run.Model)
	o.member("num_prompts", len(v.errors))
	o.member("promptmill", notesOf(s, b)) // vLLM puts --metadata here, under any name
	var rate, burstiness any = "inf", 1.0
	if b.TargetRate > 0 {
		rate = b.TargetRate
		if b.Strategy != "poisson" {
			burstiness = 1e6 // gaps of a gamma distribution that are equal to a thousandth
		}
	}
	o.member("request_rate", rate)
	o.member("burstiness", burstiness)
	o.member("max_concurrency", positive(b.TargetConcurrency))
}

// rates are over the whole time, from the first request to the last answer, as vLLM has it.
func (v *serving) rates(o *object, b *metrics.Benchmark) {
	duration := b.WindowSeconds + b.DrainSeconds
	rate := func(n int64) number { return number(float64(n) / duration) }
	o.member("duration", duration)
	o.member("completed", v.completed)
	o.member("failed", int64(len(v.errors))-v.completed)
	o.member("total_input_tokens", v.inputTokens)
	o.member("total_output_tokens", v.outputTokens)
	o.member("request_throughput", rate(v.completed))
	goodput := number(math.NaN())
	if b.Goodput != nil {
		goodput = rate(int64(b.Goodput.Good))
	}
	o.member("request_goodput", goodput)
	o.member("output_throughput", rate(v.outputTokens))
	o.member("total_token_throughput", rate(v.inputTokens+v.outputTokens))
	most := 0.0
	for _, tokens := range v.perSecond {
		most = max(most, tokens)
	}
	o.member("max_output_tokens_per_s", most)
	o.member("max_concurrent_requests", b.ConcurrencyMax)
	o.member("rtfx", 0)
}

func (v *serving) lists(o *object) {
	list(o, "input_lens", v.inputs)
	list(o, "output_lens", v.outputs)
	list(o, "ttfts", v.ttfts)
	list(o, "itls", v.itls)
	list(o, "latencies", v.latencies)
	list(o, "start_times", v.starts)
	list(o, "queue_times", v.waits)
	list(o, "generated_texts", v.texts)
	list(o, "errors", v.errors)
}

// figures are those of the completed requests, in milliseconds; null where there is none.
func (v *serving) figures(o *object) {
	for _, m := range []struct {
		name   string
		values []float64
	}{{"ttft", v.ttft}, {"tpot", v.tpot}, {"itl", v.itl}, {"e2el", v.e2el}, {"client_queue_time", v.queue}, {"e2el_including_client_queue", v.queued}} {
		s := newSample(m.values)
		o.member("mean_"+m.name+"_ms", number(1e3*s.mean()))
		o.member("median_"+m.name+"_ms", number(1e3*s.percentile(50)))
		o.member("std_"+m.name+"_ms", number(1e3*s.std()))
		for _, p := range []float64{50, 90, 95, 99} {
			o.member("p"+strconv.FormatFloat(p, 'f', -1, 64)+"_"+m.name+"_ms", number(1e3*s.percentile(p)))
		}
	}
}

// failure says what became of a request without an answer.
func failure(r *results.Record) string {
	switch r.Status {
	case results.StatusUnfinished:
		return "unfinished: cut off by the end of the benchmark"
	case results.StatusCancelled:
		return "cancelled: given up on purpose"
	}
	text := cmp.Or(r.ErrorKind, "other")
	if r.ErrorMessage != "" {
		text = fmt.Sprintf("%s: %s", text, r.ErrorMessage)
	}
	return text
}

// between is the time in seconds from one instant to another, 0 where it is not known.
func between(from, until int64) float64 {
	if from == 0 && until == 0 {
		return 0
	}
	return max(0, float64(until-from)/1e9)
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// positive is n, or null for 0.
func positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}
