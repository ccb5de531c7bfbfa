package report

import (
	"github.com/promptmill/promptmill/bench/metrics"
)

// targetHead are the columns of targetRows.
var targetHead = []string{"Target", "Strategy", "Requests", "OK", "Errors", "Latency p50", "Latency p99", "TTFT p50", "TTFT p99"}

// targetRows tell the servers of a run apart; none where it had only one.
func targetRows(s *metrics.Summary) [][]string {
	var rows [][]string
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		for _, t := range b.Targets {
			rows = append(rows, []string{t.URL, b.Name, integer(t.Requests), integer(t.OK), integer(t.Errors),
				p50(t.Latency), p99(t.Latency), p50(t.TTFT), p99(t.TTFT)})
		}
	}
	return rows
}

func (t *terminal) targets() {
	g := &grid{columns: []gridColumn{{head: "Target", left: true}, {head: "Strategy", left: true, rank: 4}, {head: "Reqs"}, {head: "ok"},
		{head: "err"}, {head: "Latency", sub: "p50", rank: 1}, {head: "Latency", sub: "p99", rank: 3}, {head: "TTFT", sub: "p50", rank: 1},
		{head: "TTFT", sub: "p99", rank: 3}}, rows: targetRows(t.s)}
	if len(g.rows) > 0 {
		t.grid(g, unstyled)
	}
}

func (m *mdWriter) targets() {
	rows := targetRows(m.s)
	if len(rows) == 0 {
		return
	}
	m.line("\n## Targets")
	m.table("llrrrrrrr", targetHead...)
	for _, row := range rows {
		for i := range row {
			row[i] = markdown(row[i])
		}
		m.row(row...)
	}
}

// targetTable is that of the page.
func targetTable(s *metrics.Summary) table {
	t := table{Caption: "The servers of each strategy", Head: targetHead}
	for _, row := range targetRows(s) {
		var cells []tableCell
		for _, text := range row {
			cells = append(cells, textCell(text))
		}
		t.Rows = append(t.Rows, tableRow{Cells: cells})
	}
	return t
}
