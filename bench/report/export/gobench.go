package export

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
	"github.com/promptmill/promptmill/bench/results"
)

// gobenchUnits say which way is better, so that benchstat can tell a gain from a loss.
const gobenchUnits = `Unit ttft-ns better=lower
Unit tpot-ns better=lower
Unit latency-ns better=lower
Unit req/s better=higher
Unit out-tok/s better=higher
Unit error-% better=lower
`

// writeGobench writes results in the Go benchmark format: a line for each answer, so that benchstat has samples to take
// medians and intervals of, and a line for the rates of each benchmark, of which there is one value in a run. Only what is
// the same in runs that one compares is configuration: benchstat has a table for each.
func writeGobench(w io.Writer, s *Source) error {
	out := bufio.NewWriter(w)
	run := &s.Summary.Run
	fmt.Fprintf(out, "# %s\n", plain.Text(strings.Join([]string{run.Tool, "run", run.ID, "model", run.Model, "at", run.Target}, " ")))
	fmt.Fprintf(out, "pkg: github.com/promptmill/promptmill\n")
	if run.Host.OS != "" {
		fmt.Fprintf(out, "goos: %s\ngoarch: %s\n", plain.Text(run.Host.OS), plain.Text(run.Host.Arch))
	}
	_, _ = out.WriteString(gobenchUnits) // Flush has the error
	for i := range s.Summary.Benchmarks {
		b := &s.Summary.Benchmarks[i]
		for _, reason := range b.ClientLimited {
			fmt.Fprintf(out, "# %s, client-limited: %s\n", plain.Text(b.Name), plain.Text(reason))
		}
		for r, err := range s.requests(b) {
			if err != nil {
				return err
			}
			if line := gobenchLine(r); line != "" {
				fmt.Fprintf(out, "%s 1%s\n", gobenchName(b), line)
			}
		}
		if b.Counts.Total > 0 {
			fmt.Fprintf(out, "%s %d %s req/s %s out-tok/s %s error-%%\n", gobenchName(b), b.Counts.Total, decimal(b.RequestsPerSecond),
				decimal(b.OutputTokensPerSecond), decimal(100*float64(b.Counts.Errors)/float64(b.Counts.Total)))
		}
	}
	return out.Flush()
}

// gobenchName names the strategy and its load as keys, by which benchstat can select and group.
func gobenchName(b *metrics.Benchmark) string {
	name := "BenchmarkServer/strategy=" + slug(b.Strategy)
	switch {
	case b.TargetRate > 0:
		name += "/rate=" + decimal(b.TargetRate)
	case b.TargetConcurrency > 0:
		name += "/slots=" + strconv.Itoa(b.TargetConcurrency)
	}
	return name
}

// gobenchLine are the times of an answer; empty for a request without one.
func gobenchLine(r *results.Record) string {
	if r.Status != results.StatusOK || r.Empty() || r.DoneNS < r.SentNS {
		return ""
	}
	line := fmt.Sprintf(" %d latency-ns", r.DoneNS-r.SentNS)
	if r.FirstTokenNS >= r.SentNS && r.FirstTokenNS != 0 {
		line = fmt.Sprintf(" %d ttft-ns", r.FirstTokenNS-r.SentNS) + line
	}
	if r.OutputTokens > 1 && r.Counted() && r.FirstTokenNS != 0 && r.LastTokenNS >= r.FirstTokenNS {
		line += fmt.Sprintf(" %s tpot-ns", decimal(float64(r.LastTokenNS-r.FirstTokenNS)/float64(r.OutputTokens-1)))
	}
	return line
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
