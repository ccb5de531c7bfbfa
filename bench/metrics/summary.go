// Package metrics turns the records of a run into numbers. Its functions are pure: the same records give the
// same numbers, and nothing here reads a clock or a file.
//
// The definitions are those of docs/metrics.md; the names that the field uses in two senses are settled there.
package metrics

import (
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// Summary is everything that a report shows.
type Summary struct {
	Run        results.Run `json:"run"`
	Benchmarks []Benchmark `json:"benchmarks"`
	Warnings   []string    `json:"warnings"` // about the run as a whole
}

// Benchmark is the figures of one strategy at one load. Unless a name says otherwise times are in seconds and
// cover the answers: successful, non-warm-up requests with any output.
type Benchmark struct {
	results.Benchmark
	Name   string `json:"name"`             // "synchronous", "concurrent 8", "constant 4/s", "constant 4/s #2"
	Repeat int    `json:"repeat,omitempty"` // from 2 on: how many benchmarks of the run had this load until here; 0 for the first

	Counts Counts `json:"counts"`

	WindowSeconds float64 `json:"window_seconds"` // the measured window
	DrainSeconds  float64 `json:"drain_seconds"`  // after it, until the last answer

	Latency          Dist `json:"latency"`           // done - sent
	ScheduledLatency Dist `json:"scheduled_latency"` // done - due
	SendLag          Dist `json:"send_lag"`          // sent - due, of every request sent, whatever came of it
	TTFB             Dist `json:"ttfb"`              // headers - sent
	TTFC             Dist `json:"ttfc"`              // first chunk - sent
	TTFT             Dist `json:"ttft"`              // first token - sent
	TTFO             Dist `json:"ttfo"`              // first non-reasoning content - sent
	TPOT             Dist `json:"tpot"`              // (last token - first token) / (output tokens - 1), per request
	ChunkGap         Dist `json:"chunk_gap"`         // between successive content chunks, pooled
	TokensPerChunk   Dist `json:"tokens_per_chunk"`  // output tokens / content chunks, per request whose tokens the server or a tokenizer counted
	GenSpeed         Dist `json:"gen_speed"`         // output tokens / (done - sent), tokens/s, per request
	PromptTokens     Dist `json:"prompt_tokens"`     // tokens
	OutputTokens     Dist `json:"output_tokens"`     // tokens

	RequestsPerSecond     float64 `json:"requests_per_second"`        // successes that ended inside the window / window
	OutputTokensPerSecond float64 `json:"output_tokens_per_second"`   // their output tokens / window
	TotalTokensPerSecond  float64 `json:"total_tokens_per_second"`    // their prompt and output tokens / window
	AskedPerSecond        float64 `json:"asked_per_second,omitempty"` // the rate that an open loop asked for inside the window; 0 in a closed loop
	SentPerSecond         float64 `json:"sent_per_second"`            // requests sent / the time spent sending; 0 for fewer than two
	Concurrency           float64 `json:"concurrency"`                // time-average of requests in flight inside the window, warm-up ones too
	ConcurrencyMax        int     `json:"concurrency_max"`

	CachedTokenShare float64  `json:"cached_token_share"`          // cached prompt tokens / prompt tokens, where the server says; else 0
	Accuracy         *float64 `json:"accuracy,omitempty"`          // share of scored answers that match
	Scores           *Dist    `json:"scores,omitempty"`            // of the scored answers; nil without any
	AccuracyInterval *Range   `json:"accuracy_interval,omitempty"` // 95 %, of Accuracy

	TokenSources    map[string]int `json:"token_sources"`   // requests per source of the output token count
	TimeSources     map[string]int `json:"time_sources"`    // requests per source of the arrival times
	CoalescedShare  float64        `json:"coalesced_share"` // chunks that shared a read with another / chunks
	FinishReasons   map[string]int `json:"finish_reasons"`
	Reconnects      int            `json:"reconnects"`       // requests that needed more than one attempt
	RepeatedPrompts int            `json:"repeated_prompts"` // requests whose prompt had been sent before in the same run

	Goodput *Goodput `json:"goodput,omitempty"` // how far an SLO was kept; nil without one

	ClientLimited []string `json:"client_limited"`    // why the client, not the server, may have set these numbers; empty when it is clean
	Servers       []Server `json:"servers,omitempty"` // what the servers said of themselves, where they did
	Targets       []Target `json:"targets,omitempty"` // what each of several targets did; nil for one
}

// Counts says what became of the requests of a benchmark. Total = OK + Errors + Unfinished + Cancelled;
// Warmup and Cooldown apart.
type Counts struct {
	Total      int         `json:"total"`
	OK         int         `json:"ok"`
	Errors     int         `json:"errors"`
	Unfinished int         `json:"unfinished"`
	Cancelled  int         `json:"cancelled,omitempty"` // given up on purpose
	Warmup     int         `json:"warmup"`
	Cooldown   int         `json:"cooldown,omitempty"`
	ZeroToken  int         `json:"zero_token"`  // of the OK ones, those without any output; not in the latency figures
	ErrorKinds []ErrorKind `json:"error_kinds"` // most frequent first
}

// ErrorKind is one class of failures and the first message seen.
type ErrorKind struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

// Dist summarises samples exactly: percentiles are nearest-rank over all of them, never a sketch.
type Dist struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	Std   float64 `json:"std"`
	Min   float64 `json:"min"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
	// Certified is the highest of 50, 90, 95, 99, 99.9 that Count samples bound from above at 99 %
	// confidence (binomial bound), or 0.
	Certified float64 `json:"certified"`
}

// Seconds returns s seconds as a duration, for printing.
func Seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
