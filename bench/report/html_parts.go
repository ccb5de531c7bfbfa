package report

import (
	"fmt"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A card is one figure that readers look for first.
type card struct {
	Label, Value, Unit, Note string
	Bad                      bool
}

func cards(s *metrics.Summary) []card {
	fastest, quickest := best(s)
	var cs []card
	if fastest != nil {
		c := card{Label: "Highest throughput", Value: number(fastest.OutputTokensPerSecond), Unit: "tok/s",
			Note: number(fastest.RequestsPerSecond) + " req/s, " + fastest.Name}
		if passedOver(s, fastest) {
			c.Note += "; client-limited strategies left out"
		}
		cs = append(cs, c)
	}
	if quickest != nil {
		cs = append(cs, timeCard("Shortest median TTFT", quickest.TTFT, quickest.Name),
			timeCard("Its median latency", quickest.Latency, ""), timeCard("Its median TPOT", quickest.TPOT, ""))
	}
	return append(cs, requestsCard(s), errorsCard(s))
}

func timeCard(label string, d metrics.Dist, name string) card {
	value, unit, _ := strings.Cut(p50(d), " ")
	note := "p99 " + p99(d)
	if name != "" {
		note += ", " + name
	}
	return card{Label: label, Value: value, Unit: unit, Note: note}
}

func requestsCard(s *metrics.Summary) card {
	t := totals(s)
	c := card{Label: "Requests", Value: integer(t.OK), Unit: "ok", Note: fmt.Sprintf("of %s in %d strategies", integer(t.Total), len(s.Benchmarks))}
	if len(s.Benchmarks) == 1 {
		c.Note = fmt.Sprintf("of %s in 1 strategy", integer(t.Total))
	}
	return c
}

func errorsCard(s *metrics.Summary) card {
	t := totals(s)
	c := card{Label: "Errors", Value: integer(t.Errors), Note: percent(share(t.Errors, t.Total)) + " of requests", Bad: t.Errors > 0}
	if t.Unfinished > 0 {
		c.Note += fmt.Sprintf(", %s cut off", integer(t.Unfinished))
	}
	return c
}

// A detail is all about one strategy.
type detail struct {
	Of      int // index of the benchmark
	Name    string
	Reading string
	Remarks []fact
	Times   table
}

func details(s *metrics.Summary) []detail {
	var ds []detail
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		ds = append(ds, detail{i, orNone(b.Name), reading(b), remarks(b), timesTable(b)})
	}
	return ds
}

func timesTable(b *metrics.Benchmark) table {
	t := table{Caption: "Times of " + b.Name, Head: []string{"Time", "p50", "p90", "p95", "p99", "p99.9", "Mean", "Std", "Min", "Max", "Samples"}}
	for _, d := range timings(b) {
		row := []tableCell{textCell(d.Name)}
		for _, q := range []struct{ p, v float64 }{{50, d.P50}, {90, d.P90}, {95, d.P95}, {99, d.P99}, {99.9, d.P999}} {
			row = append(row, numberCell(percentile(d.Dist, q.p, q.v), q.v))
		}
		for _, v := range []float64{d.Mean, d.Std, d.Min, d.Max} {
			row = append(row, numberCell(duration(v), v))
		}
		t.Rows = append(t.Rows, tableRow{Cells: append(row, numberCell(integer(d.Count), float64(d.Count)))})
	}
	return t
}

// errorBar is the length of the bar of an error that every request met.
const errorBar = 140

// An errorRow is one kind of error of one strategy.
type errorRow struct {
	Of                                    int
	Strategy, Kind, Count, Share, Example string
	Bar                                   px
}

func errorRows(s *metrics.Summary) []errorRow {
	var rows []errorRow
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		for _, e := range b.Counts.ErrorKinds {
			part := share(e.Count, b.Counts.Total)
			rows = append(rows, errorRow{i, b.Name, e.Kind, integer(e.Count), percent(part), e.Example, px(max(part*errorBar, 2))})
		}
	}
	return rows
}
