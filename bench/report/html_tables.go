package report

import (
	"fmt"
	"strconv"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A table is one of the page; its first column names the row.
type table struct {
	Caption string
	Head    []string
	Rows    []tableRow
}

// A tableRow is about the benchmark with the index Of, or about several if that is "".
type tableRow struct {
	Of    string
	Cells []tableCell
}

// A tableCell is a text, and the number to sort by where it has one.
type tableCell struct {
	Text string
	Sort string
	Bad  bool
}

func textCell(text string) tableCell { return tableCell{Text: orNone(text)} }

func numberCell(text string, v float64) tableCell {
	if text == none {
		return tableCell{Text: none}
	}
	return tableCell{Text: text, Sort: strconv.FormatFloat(v, 'g', -1, 64)}
}

// A tableColumn makes the cells of one column; when says whether the run has anything for it.
type tableColumn struct {
	head string
	when func(b *metrics.Benchmark) bool
	cell func(b *metrics.Benchmark) tableCell
}

func always(*metrics.Benchmark) bool { return true }

func newTable(s *metrics.Summary, caption string, columns []tableColumn) table {
	t := table{Caption: caption, Rows: make([]tableRow, len(s.Benchmarks))}
	for i := range t.Rows {
		t.Rows[i].Of = strconv.Itoa(i)
	}
	for _, c := range columns {
		if len(s.Benchmarks) > 0 && !anyOf(s, c.when) {
			continue
		}
		t.Head = append(t.Head, c.head)
		for i := range s.Benchmarks {
			t.Rows[i].Cells = append(t.Rows[i].Cells, c.cell(&s.Benchmarks[i]))
		}
	}
	return t
}

func median(d metrics.Dist) tableCell { return numberCell(p50(d), d.P50) }
func tail(d metrics.Dist) tableCell   { return numberCell(p99(d), d.P99) }

func counted(n int, bad bool) tableCell {
	return tableCell{Text: integer(n), Sort: strconv.Itoa(n), Bad: bad && n > 0}
}

func measured(b *metrics.Benchmark, v float64) tableCell { return numberCell(rate(b, v), v) }

// inFlightCell tells of failed requests too: the server had them.
func inFlightCell(b *metrics.Benchmark) tableCell { return numberCell(inFlight(b), b.Concurrency) }

func strategyTable(s *metrics.Summary) table {
	has := func(n func(b *metrics.Benchmark) int) func(b *metrics.Benchmark) bool {
		return func(b *metrics.Benchmark) bool { return n(b) > 0 }
	}
	return newTable(s, "One row per strategy", []tableColumn{
		{"Strategy", always, func(b *metrics.Benchmark) tableCell { return textCell(b.Name) }},
		{"OK", always, func(b *metrics.Benchmark) tableCell { return counted(b.Counts.OK, false) }},
		{"Errors", always, func(b *metrics.Benchmark) tableCell { return counted(b.Counts.Errors, true) }},
		{"Cut off", has(func(b *metrics.Benchmark) int { return b.Counts.Unfinished }),
			func(b *metrics.Benchmark) tableCell { return counted(b.Counts.Unfinished, false) }},
		{"Latency p50", always, func(b *metrics.Benchmark) tableCell { return median(b.Latency) }},
		{"Latency p99", always, func(b *metrics.Benchmark) tableCell { return tail(b.Latency) }},
		{"Scheduled p50", openLoop, func(b *metrics.Benchmark) tableCell { return onlyOpen(b, median(b.ScheduledLatency)) }},
		{"Scheduled p99", openLoop, func(b *metrics.Benchmark) tableCell { return onlyOpen(b, tail(b.ScheduledLatency)) }},
		{"TTFT p50", always, func(b *metrics.Benchmark) tableCell { return median(b.TTFT) }},
		{"TTFT p99", always, func(b *metrics.Benchmark) tableCell { return tail(b.TTFT) }},
		{"TPOT p50", always, func(b *metrics.Benchmark) tableCell { return median(b.TPOT) }},
		{"Chunk gap p50", has(func(b *metrics.Benchmark) int { return b.ChunkGap.Count }), func(b *metrics.Benchmark) tableCell { return median(b.ChunkGap) }},
		{"Gen speed tok/s", has(func(b *metrics.Benchmark) int { return b.GenSpeed.Count }), func(b *metrics.Benchmark) tableCell { return numberCell(genSpeed(b), b.GenSpeed.P50) }},
		{"Output tok/s", always, func(b *metrics.Benchmark) tableCell { return measured(b, b.OutputTokensPerSecond) }},
		{"Req/s", always, func(b *metrics.Benchmark) tableCell { return measured(b, b.RequestsPerSecond) }},
		{"In flight", always, inFlightCell},
		{"Good req/s", hasGoodput, goodRateCell},
		{"Good", hasGoodput, goodShareCell},
		{"Accuracy", func(b *metrics.Benchmark) bool { return b.Accuracy != nil }, accuracyCell},
	})
}

func onlyOpen(b *metrics.Benchmark, c tableCell) tableCell {
	if !openLoop(b) {
		return tableCell{Text: none}
	}
	return c
}

func accuracyCell(b *metrics.Benchmark) tableCell {
	if b.Accuracy == nil {
		return tableCell{Text: none}
	}
	return numberCell(percent(*b.Accuracy), *b.Accuracy)
}

// healthTable is how the client itself fared.
func healthTable(s *metrics.Summary) table {
	cpus := s.Run.Host.CPUs
	return newTable(s, "How the client itself fared", []tableColumn{
		{"Strategy", always, func(b *metrics.Benchmark) tableCell { return textCell(b.Name) }},
		{"Verdict", always, healthVerdict},
		{"Asked req/s", openLoop, func(b *metrics.Benchmark) tableCell {
			return onlyOpen(b, numberCell(asked(b), askedRate(b)))
		}},
		{"Sent req/s", always, func(b *metrics.Benchmark) tableCell { return numberCell(sentRate(b), b.SentPerSecond) }},
		{"Send lag p50", always, func(b *metrics.Benchmark) tableCell { return median(b.SendLag) }},
		{"Send lag p99", always, func(b *metrics.Benchmark) tableCell { return tail(b.SendLag) }},
		{"CPU", always, func(b *metrics.Benchmark) tableCell { return cpuCell(b, cpus) }},
		{"GC pause max", always, func(b *metrics.Benchmark) tableCell {
			return numberCell(duration(time.Duration(b.Health.GCPauseMaxNS).Seconds()), float64(b.Health.GCPauseMaxNS))
		}},
		{"Sink backlog", always, func(b *metrics.Benchmark) tableCell { return counted(b.Health.SinkBacklogMax, false) }},
		{"Connections opened", always, func(b *metrics.Benchmark) tableCell { return counted(b.Health.ConnectionsOpened, false) }},
		{"Sent again", always, func(b *metrics.Benchmark) tableCell { return counted(b.Reconnects, false) }},
		{"Shared reads", always, func(b *metrics.Benchmark) tableCell { return numberCell(percent(b.CoalescedShare), b.CoalescedShare) }},
		{"Arrival times", always, func(b *metrics.Benchmark) tableCell { return textCell(tally(b.TimeSources)) }},
		{"Pacing", always, func(b *metrics.Benchmark) tableCell { return textCell(b.Health.Pacing) }},
	})
}

func healthVerdict(b *metrics.Benchmark) tableCell {
	if len(b.ClientLimited) > 0 {
		return tableCell{Text: "client-limited", Bad: true}
	}
	return tableCell{Text: "clean"}
}

// cpuCell is the share of all cores that the client used.
func cpuCell(b *metrics.Benchmark, cpus int) tableCell {
	if cpus == 0 || b.Health.WallSeconds == 0 {
		return tableCell{Text: none}
	}
	used := b.Health.CPUSeconds / b.Health.WallSeconds / float64(cpus)
	return numberCell(fmt.Sprintf("%s of %d cores", percent(used), cpus), used)
}
