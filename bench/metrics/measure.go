package metrics

import "github.com/promptmill/promptmill/bench/results"

// A Measure is a figure of one request, and where its distribution is.
type Measure struct {
	Name string
	Unit string                                       // "s" or "tokens/s"
	Of   func(r *results.Record) (v float64, ok bool) // not ok where the request has none
	Dist func(b *Benchmark) *Dist
}

// Measures are all there are. Nobody changes them. Over the answers that are not empty, their samples are those of the
// distributions, which a test holds.
var Measures = [...]Measure{
	{"ttft", "s", after(func(r *results.Record) int64 { return r.FirstTokenNS }), func(b *Benchmark) *Dist { return &b.TTFT }},
	{"ttfc", "s", after(func(r *results.Record) int64 { return r.FirstChunkNS }), func(b *Benchmark) *Dist { return &b.TTFC }},
	{"ttfb", "s", after(func(r *results.Record) int64 { return r.HeadersNS }), func(b *Benchmark) *Dist { return &b.TTFB }},
	{"ttfo", "s", after(func(r *results.Record) int64 { return r.FirstOutputNS }), func(b *Benchmark) *Dist { return &b.TTFO }},
	{"tpot", "s", tpot, func(b *Benchmark) *Dist { return &b.TPOT }},
	{"latency", "s", after(func(r *results.Record) int64 { return r.DoneNS }), func(b *Benchmark) *Dist { return &b.Latency }},
	{"scheduled_latency", "s", scheduled, func(b *Benchmark) *Dist { return &b.ScheduledLatency }},
	{"gen_speed", "tokens/s", genSpeed, func(b *Benchmark) *Dist { return &b.GenSpeed }},
}

// statistics are the figures of a distribution that an [SLO] can bound.
var statistics = map[string]func(d *Dist) float64{
	"p50": func(d *Dist) float64 { return d.P50 }, "p90": func(d *Dist) float64 { return d.P90 },
	"p95": func(d *Dist) float64 { return d.P95 }, "p99": func(d *Dist) float64 { return d.P99 },
	"p999": func(d *Dist) float64 { return d.P999 },
	"mean": func(d *Dist) float64 { return d.Mean }, "max": func(d *Dist) float64 { return d.Max },
}

// percents are the percentiles among the statistics, as [Dist.Certified] has them.
var percents = map[string]float64{"p50": 50, "p90": 90, "p95": 95, "p99": 99, "p999": 99.9}

// after is the time from sending to an instant.
func after(instant func(r *results.Record) int64) func(r *results.Record) (float64, bool) {
	return func(r *results.Record) (float64, bool) { return elapsed(r.SentNS, instant(r)) }
}

func scheduled(r *results.Record) (float64, bool) {
	if r.SentNS == 0 {
		return 0, false
	}
	return elapsed(r.DueNS, r.DoneNS)
}

// elapsed is the time in seconds from one instant to another; not ok where the second did not happen or runs backwards.
func elapsed(from, until int64) (float64, bool) {
	d := until - from
	return float64(d) / 1e9, until != 0 && until >= from && d >= 0
}

// tpot is the time per output token after the first; not ok for one token, and where nobody counted.
func tpot(r *results.Record) (float64, bool) {
	if !r.Counted() || r.OutputTokens < 2 || r.FirstTokenNS == 0 || r.LastTokenNS < r.FirstTokenNS {
		return 0, false
	}
	return float64(r.LastTokenNS-r.FirstTokenNS) / (float64(r.OutputTokens) - 1) / 1e9, true
}

// genSpeed is the tokens of an answer over the whole time that it took.
func genSpeed(r *results.Record) (float64, bool) {
	if !r.Counted() || r.OutputTokens < 1 || r.SentNS == 0 || r.DoneNS <= r.SentNS {
		return 0, false
	}
	return float64(r.OutputTokens) / (float64(r.DoneNS-r.SentNS) / 1e9), true
}
