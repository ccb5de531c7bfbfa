package compare

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// A Direction says what a change for the better is.
type Direction int

// Directions.
const (
	LowerIsBetter Direction = iota
	HigherIsBetter
)

// A measure is a metric whose requests are compared one by one.
type measure struct {
	name   string
	better Direction
	dist   func(b *metrics.Benchmark) *metrics.Dist
	sample func(r *results.Record) float64 // NaN where the request has none
}

// measures are the metrics of requests. Their samples are those that package metrics summarises, which a test holds.
var measures = [...]measure{
	{"ttft", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFT }, sent(func(r *results.Record) int64 { return r.FirstTokenNS })},
	{"ttfc", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFC }, sent(func(r *results.Record) int64 { return r.FirstChunkNS })},
	{"ttfb", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFB }, sent(func(r *results.Record) int64 { return r.HeadersNS })},
	{"ttfo", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFO }, sent(func(r *results.Record) int64 { return r.FirstOutputNS })},
	{"tpot", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.TPOT }, tpot},
	{"latency", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.Latency }, sent(func(r *results.Record) int64 { return r.DoneNS })},
	{"scheduled_latency", LowerIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.ScheduledLatency }, scheduled},
	{"gen_speed", HigherIsBetter, func(b *metrics.Benchmark) *metrics.Dist { return &b.GenSpeed }, speed},
}

func measureOf(name string) (measure, bool) {
	i := slices.IndexFunc(measures[:], func(m measure) bool { return m.name == name })
	if i < 0 {
		return measure{}, false
	}
	return measures[i], true
}

// sent is the time from sending to an instant.
func sent(instant func(r *results.Record) int64) func(r *results.Record) float64 {
	return func(r *results.Record) float64 { return span(r.SentNS, instant(r)) }
}

func scheduled(r *results.Record) float64 {
	if r.SentNS == 0 {
		return math.NaN()
	}
	return span(r.DueNS, r.DoneNS)
}

func tpot(r *results.Record) float64 {
	if r.TokenSource == results.TokensUnknown || r.OutputTokens < 2 || r.FirstTokenNS == 0 || r.LastTokenNS < r.FirstTokenNS {
		return math.NaN()
	}
	return float64(r.LastTokenNS-r.FirstTokenNS) / (float64(r.OutputTokens) - 1) / 1e9
}

func speed(r *results.Record) float64 {
	if r.TokenSource == results.TokensUnknown || r.OutputTokens < 1 || r.SentNS == 0 || r.DoneNS <= r.SentNS {
		return math.NaN()
	}
	return float64(r.OutputTokens) / (float64(r.DoneNS-r.SentNS) / 1e9)
}

// span is the time between two instants, of which the second may not have happened or run backwards.
func span(from, until int64) float64 {
	if d := until - from; until != 0 && until >= from && d >= 0 {
		return float64(d) / 1e9
	}
	return math.NaN()
}

// answered reports whether r is in the latency figures: a measured success with any output.
func answered(r *results.Record) bool {
	return !r.Warmup && !r.Cooldown && r.Status == results.StatusOK && (r.OutputTokens != 0 || r.FirstTokenNS != 0)
}

// A rate is a figure of a whole benchmark that is better when it is higher.
type rate struct {
	name  string
	of    func(b *metrics.Benchmark) float64
	slice func(s Slice) float64
}

var rates = []rate{
	{"output_tokens_per_second", func(b *metrics.Benchmark) float64 { return b.OutputTokensPerSecond }, func(s Slice) float64 { return s.OutputTokens }},
	{"requests_per_second", func(b *metrics.Benchmark) float64 { return b.RequestsPerSecond }, func(s Slice) float64 { return s.Requests }},
}

func rateOf(name string) (rate, bool) {
	i := slices.IndexFunc(rates, func(r rate) bool { return r.name == name })
	if i < 0 {
		return rate{}, false
	}
	return rates[i], true
}
