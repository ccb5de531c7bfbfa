package report

import (
	"strconv"

	"github.com/promptmill/promptmill/bench/metrics"
)

// essential is the highest rank of the columns that 80 columns must hold.
const essential = 2

// A strategyColumn is a column of the strategy table.
type strategyColumn struct {
	gridColumn
	cell func(b *metrics.Benchmark) string
}

var strategyColumns = []strategyColumn{
	{gridColumn{head: "Strategy", left: true}, func(b *metrics.Benchmark) string { return b.Name }},
	{gridColumn{head: "Reqs", sub: "ok/err"}, func(b *metrics.Benchmark) string {
		return strconv.Itoa(b.Counts.OK) + "/" + strconv.Itoa(b.Counts.Errors)
	}},
	{gridColumn{head: "Latency", sub: "p50"}, func(b *metrics.Benchmark) string { return tight(p50(b.Latency)) }},
	{gridColumn{head: "Latency", sub: "p95", rank: 5}, func(b *metrics.Benchmark) string { return tight(p95(b.Latency)) }},
	{gridColumn{head: "Latency", sub: "p99", rank: 3}, func(b *metrics.Benchmark) string { return tight(p99(b.Latency)) }},
	{gridColumn{head: "TTFT", sub: "p50", rank: 1}, func(b *metrics.Benchmark) string { return tight(p50(b.TTFT)) }},
	{gridColumn{head: "TTFT", sub: "p95", rank: 5}, func(b *metrics.Benchmark) string { return tight(p95(b.TTFT)) }},
	{gridColumn{head: "TTFT", sub: "p99", rank: 1}, func(b *metrics.Benchmark) string { return tight(p99(b.TTFT)) }},
	{gridColumn{head: "TPOT", sub: "p50", rank: 1}, func(b *metrics.Benchmark) string { return tight(p50(b.TPOT)) }},
	{gridColumn{head: "TPOT", sub: "p99", rank: 6}, func(b *metrics.Benchmark) string { return tight(p99(b.TPOT)) }},
	{gridColumn{head: "Gap", sub: "p50", rank: 4}, func(b *metrics.Benchmark) string { return tight(p50(b.ChunkGap)) }},
	{gridColumn{head: "Gap", sub: "p99", rank: 6}, func(b *metrics.Benchmark) string { return tight(p99(b.ChunkGap)) }},
	{gridColumn{head: "out", sub: "tok/s", rank: 1}, func(b *metrics.Benchmark) string { return rate(b, b.OutputTokensPerSecond) }},
	{gridColumn{head: "", sub: "req/s", rank: 2}, func(b *metrics.Benchmark) string { return rate(b, b.RequestsPerSecond) }},
	{gridColumn{head: "", sub: "conc", rank: 2}, func(b *metrics.Benchmark) string { return inFlight(b) }},
	{gridColumn{head: "Lag", sub: "p99", rank: 4}, func(b *metrics.Benchmark) string { return tight(p99(b.SendLag)) }},
}

// rate is none for a benchmark that completed nothing: 0 would read as a measurement.
func rate(b *metrics.Benchmark, v float64) string {
	if b.Counts.OK == 0 {
		return none
	}
	return number(v)
}

// inFlight counts failed requests too: the server had them. It is none where no request was sent.
func inFlight(b *metrics.Benchmark) string {
	if b.Concurrency == 0 {
		return none
	}
	return number(b.Concurrency)
}

func (t *terminal) strategies() {
	if len(t.s.Benchmarks) == 0 {
		t.print("No benchmark was measured.\n\n")
		return
	}
	cut := anyOf(t.s, func(b *metrics.Benchmark) bool { return b.Counts.Unfinished > 0 })
	g := &grid{rows: make([][]string, len(t.s.Benchmarks))}
	for i, c := range strategyColumns {
		if cut && i == 1 {
			c.sub, c.cell = "ok/err/cut", withUnfinished
		}
		g.columns = append(g.columns, c.gridColumn)
		for j := range g.rows {
			g.rows[j] = append(g.rows[j], c.cell(&t.s.Benchmarks[j]))
		}
	}
	t.grid(g, t.rowStyle)
}

func withUnfinished(b *metrics.Benchmark) string {
	return strconv.Itoa(b.Counts.OK) + "/" + strconv.Itoa(b.Counts.Errors) + "/" + strconv.Itoa(b.Counts.Unfinished)
}

func (t *terminal) rowStyle(i int) string {
	b := &t.s.Benchmarks[i]
	switch {
	case b.Counts.OK == 0:
		return red
	case b.Counts.Errors > 0 || len(b.ClientLimited) > 0:
		return yellow
	}
	return ""
}

// openLoops shows, beside the strategies, how far requests that a schedule sent kept to it.
func (t *terminal) openLoops() {
	g := &grid{columns: []gridColumn{{head: "Open loop", left: true}, {head: "asked", sub: "req/s"}, {head: "sent", sub: "req/s"},
		{head: "Send lag", sub: "p50", rank: 2}, {head: "Send lag", sub: "p99", rank: 1},
		{head: "Scheduled", sub: "lat. p50", rank: 1}, {head: "Scheduled", sub: "lat. p99", rank: 2}}}
	for i := range t.s.Benchmarks {
		b := &t.s.Benchmarks[i]
		if openLoop(b) {
			g.rows = append(g.rows, []string{b.Name, asked(b), sentRate(b), tight(p50(b.SendLag)),
				tight(p99(b.SendLag)), tight(p50(b.ScheduledLatency)), tight(p99(b.ScheduledLatency))})
		}
	}
	if len(g.rows) > 0 {
		t.grid(g, unstyled)
	}
}

// errors lists the kinds of error of each benchmark. A message that has been shown is not repeated.
func (t *terminal) errors() {
	g := &grid{columns: []gridColumn{{head: "Errors in", left: true}, {head: "Kind", left: true}, {head: "Count"},
		{head: "Message", left: true, prose: true}}}
	seen := map[string]bool{}
	for i := range t.s.Benchmarks {
		b := &t.s.Benchmarks[i]
		for _, e := range b.Counts.ErrorKinds {
			message := e.Example
			if seen[message] {
				message = "(as above)"
			}
			seen[e.Example] = true
			g.rows = append(g.rows, []string{cutText(b.Name, 20), cutText(e.Kind, 20), strconv.Itoa(e.Count), message})
		}
	}
	if len(g.rows) > 0 {
		t.grid(g, unstyled)
	}
}
