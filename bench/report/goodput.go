package report

import (
	"fmt"
	"math"

	"github.com/promptmill/promptmill/bench/metrics"
)

// hasGoodput says whether an SLO was held against b.
func hasGoodput(b *metrics.Benchmark) bool { return b.Goodput != nil }

// A goodTable says how far each benchmark kept an SLO: its name, the good requests, then a column for each condition.
type goodTable struct {
	slo  string
	head []string
	rows [][]string
}

// goodputs is empty without an SLO. All benchmarks of a summary have the same.
func goodputs(s *metrics.Summary) goodTable {
	var t goodTable
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		if !hasGoodput(b) {
			continue
		}
		g := b.Goodput
		if t.head == nil {
			t.slo, t.head = g.SLO, goodputHead(g)
		}
		row := []string{b.Name, number(g.RequestsPerSecond), fmt.Sprintf("%s of %s", integer(g.Good), integer(g.Requests)), percent(g.Share)}
		for _, kept := range g.Bounds {
			row = append(row, percent(share(kept.Kept, g.Requests)))
		}
		for i := range g.Percentiles {
			row = append(row, percentileKept(&g.Percentiles[i]))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func goodputHead(g *metrics.Goodput) []string {
	head := []string{"Goodput", "Good req/s", "Good", "Share"}
	for _, b := range g.Bounds {
		head = append(head, b.Bound)
	}
	for _, p := range g.Percentiles {
		head = append(head, p.Bound)
	}
	return head
}

// percentileKept says whether a bound of all answers was kept; marked where too few answers are to tell.
func percentileKept(p *metrics.PercentileResult) string {
	mark, kept := "", "missed"
	if !p.Certified {
		mark = uncertified
	}
	if p.Kept {
		kept = "kept"
	}
	return mark + kept
}

// goodput shows, beside the strategies, how far each kept the SLO.
func (t *terminal) goodput() {
	table := goodputs(t.s)
	if len(table.rows) == 0 {
		return
	}
	t.wrapped("SLO: ", table.slo, bold)
	g := &grid{rows: table.rows}
	for i, head := range table.head {
		g.columns = append(g.columns, gridColumn{head: head, left: i == 0, rank: goodputRank(i)})
	}
	t.grid(g, unstyled)
}

// goodputRank says which column goes first where the width does not suffice: the number of good requests, of which the
// share is there as well, then the last conditions.
func goodputRank(i int) int {
	if i == 2 {
		return math.MaxInt
	}
	return max(0, i-3)
}

// goodput is a section of the write-up.
func (m *mdWriter) goodput() {
	table := goodputs(m.s)
	if len(table.rows) == 0 {
		return
	}
	m.line("\n## Goodput\n")
	m.line("Requests whose answer keeps ", code(table.slo), ", of all that were sent.")
	align, head := "l", []string{"Strategy"}
	for _, h := range table.head[1:] {
		align, head = align+"r", append(head, markdown(h))
	}
	m.table(align, head...)
	for _, row := range table.rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = markdown(c)
		}
		m.row(cells...)
	}
}

// goodRateCell and goodShareCell are for the table of the page.
func goodRateCell(b *metrics.Benchmark) tableCell {
	if !hasGoodput(b) {
		return tableCell{Text: none}
	}
	return numberCell(number(b.Goodput.RequestsPerSecond), b.Goodput.RequestsPerSecond)
}

func goodShareCell(b *metrics.Benchmark) tableCell {
	if !hasGoodput(b) {
		return tableCell{Text: none}
	}
	return numberCell(percent(b.Goodput.Share), b.Goodput.Share)
}

// sloKept names the highest load that keeps the SLO, and the first that does not.
func sloKept(s *metrics.Summary) (string, bool) {
	for _, steps := range ladders(s) {
		var kept, missed *metrics.Benchmark
		for _, l := range steps.levels {
			if !hasGoodput(l.Benchmark) {
				continue
			}
			if ok, _ := l.Goodput.Kept(metrics.GoodShare); ok && missed == nil {
				kept = l.Benchmark
			} else if missed == nil {
				missed = l.Benchmark
			}
		}
		if missed != nil {
			return sloEdge(kept, missed), true
		}
	}
	return "", false
}

func sloEdge(kept, missed *metrics.Benchmark) string {
	text := fmt.Sprintf("%s misses the SLO %s: %s of its requests are good", missed.Name, missed.Goodput.SLO, percent(missed.Goodput.Share))
	if kept == nil {
		return text + ", and no lower load keeps it."
	}
	return text + fmt.Sprintf("; %s keeps it with %s good requests/s.", kept.Name, number(kept.Goodput.RequestsPerSecond))
}
