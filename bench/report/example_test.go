package report_test

import (
	"fmt"
	"os"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

// A report shows a summary, and what a reader should be careful about.
func ExampleTerminal() {
	run := &results.Run{Tool: "promptmill", Model: "tiny", Target: "http://127.0.0.1:8000", Benchmarks: []results.Benchmark{
		{Strategy: "synchronous", WindowEndNS: 1e9},
	}}
	record := &results.Record{
		Strategy: "synchronous", Status: results.StatusOK, SentNS: 1e6, FirstChunkNS: 41e6, FirstTokenNS: 41e6, LastTokenNS: 81e6,
		DoneNS: 82e6, OutputTokens: 5, TokenSource: results.TokensFromUsage,
	}
	s, err := metrics.Summarize(run, func(yield func(*results.Record, error) bool) { yield(record, nil) })
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := report.Terminal(os.Stdout, s, report.TerminalOptions{Width: 80}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Benchmark of tiny
	// Target   http://127.0.0.1:8000
	// Tool     promptmill
	//
	// WARNING: Fewer than 130 answers, what a p95 takes at 99 % confidence, in
	//          synchronous: higher percentiles are noise.
	//
	// Strategy       Reqs  Latency     TTFT     TTFT     TPOT    out
	//              ok/err      p50      p50      p99      p50  tok/s  req/s    conc
	// synchronous     1/0  ~81.0ms  ~40.0ms  ~40.0ms  ~10.0ms   5.00   1.00  0.0810
	//
	// Latency, TTFT: from sending to the end, to the first token. TPOT: (last token -
	// first token) / (tokens - 1). tok/s, req/s: successes in the window / window.
	// conc: mean requests in flight. Warm-up is left out.
	// ~ too few requests to bound this percentile at 99 % confidence (p99 needs 662).
}
