package export

import "github.com/promptmill/promptmill/bench/metrics"

// notes are what is to be known of a benchmark and most formats have no key for.
type notes struct {
	Tool          string             `json:"tool"`
	Run           string             `json:"run"`
	Benchmark     string             `json:"benchmark"`
	Strategy      string             `json:"strategy"`
	Unfinished    int                `json:"unfinished"` // cut off by the end of the benchmark
	Cancelled     int                `json:"cancelled"`  // given up on purpose
	Warmup        int                `json:"warmup"`     // left out
	Cooldown      int                `json:"cooldown"`   // left out
	Stopped       string             `json:"stopped,omitempty"`
	ClientLimited []string           `json:"client_limited"` // why the client may have set the figures
	Certified     map[string]float64 `json:"certified"`      // the highest percentile that the sample of a metric bounds
	Goodput       *metrics.Goodput   `json:"goodput,omitempty"`
}

func notesOf(s *metrics.Summary, b *metrics.Benchmark) notes {
	n := notes{
		Tool: s.Run.Tool, Run: s.Run.ID, Benchmark: b.Name, Strategy: b.Strategy, Unfinished: b.Counts.Unfinished,
		Cancelled: b.Counts.Cancelled, Warmup: b.Counts.Warmup, Cooldown: b.Counts.Cooldown,
		Stopped: s.Run.Stopped, ClientLimited: append([]string{}, b.ClientLimited...), Certified: map[string]float64{}, Goodput: b.Goodput,
	}
	for _, d := range distributions {
		if v := d.of(b); v.Count > 0 {
			n.Certified[d.name] = v.Certified
		}
	}
	return n
}

// A distribution is one of those of a benchmark.
type distribution struct {
	name string // as package metrics calls it
	unit string
	of   func(b *metrics.Benchmark) *metrics.Dist
}

var distributions = []distribution{
	{"latency", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.Latency }},
	{"scheduled_latency", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.ScheduledLatency }},
	{"send_lag", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.SendLag }},
	{"ttfb", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFB }},
	{"ttfc", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFC }},
	{"ttft", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFT }},
	{"ttfo", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.TTFO }},
	{"tpot", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.TPOT }},
	{"chunk_gap", "s", func(b *metrics.Benchmark) *metrics.Dist { return &b.ChunkGap }},
	{"tokens_per_chunk", "tokens", func(b *metrics.Benchmark) *metrics.Dist { return &b.TokensPerChunk }},
	{"gen_speed", "tokens/s", func(b *metrics.Benchmark) *metrics.Dist { return &b.GenSpeed }},
	{"prompt_tokens", "tokens", func(b *metrics.Benchmark) *metrics.Dist { return &b.PromptTokens }},
	{"output_tokens", "tokens", func(b *metrics.Benchmark) *metrics.Dist { return &b.OutputTokens }},
}

// A figure is one number of a whole benchmark.
type figure struct {
	name string
	of   func(b *metrics.Benchmark) float64
}

var figures = []figure{
	{"requests_per_second", func(b *metrics.Benchmark) float64 { return b.RequestsPerSecond }},
	{"output_tokens_per_second", func(b *metrics.Benchmark) float64 { return b.OutputTokensPerSecond }},
	{"total_tokens_per_second", func(b *metrics.Benchmark) float64 { return b.TotalTokensPerSecond }},
	{"sent_per_second", func(b *metrics.Benchmark) float64 { return b.SentPerSecond }},
	{"concurrency", func(b *metrics.Benchmark) float64 { return b.Concurrency }},
	{"concurrency_max", func(b *metrics.Benchmark) float64 { return float64(b.ConcurrencyMax) }},
	{"window_seconds", func(b *metrics.Benchmark) float64 { return b.WindowSeconds }},
	{"drain_seconds", func(b *metrics.Benchmark) float64 { return b.DrainSeconds }},
	{"coalesced_share", func(b *metrics.Benchmark) float64 { return b.CoalescedShare }},
	{"cached_token_share", func(b *metrics.Benchmark) float64 { return b.CachedTokenShare }},
}
