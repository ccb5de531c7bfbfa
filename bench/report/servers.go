package report

import (
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A serverRow is what one server said of itself in one benchmark.
type serverRow struct {
	benchmark string
	*metrics.Server
}

// serverRows are those of every benchmark that has any.
func serverRows(s *metrics.Summary) []serverRow {
	var rows []serverRow
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		for j := range b.Servers {
			rows = append(rows, serverRow{b.Name, &b.Servers[j]})
		}
	}
	return rows
}

// name is the benchmark, and where there are several targets also which.
func (r *serverRow) name(several bool) string {
	if several {
		return r.benchmark + " " + r.Target
	}
	return r.benchmark
}

// severalTargets reports whether rows are of more than one server.
func severalTargets(rows []serverRow) bool {
	for i := range rows {
		if rows[i].Target != rows[0].Target {
			return true
		}
	}
	return false
}

// serverColumns are the columns behind the benchmark's name, by two lines of heading.
var serverColumns = []struct {
	head, sub string
	rank      int
	cell      func(r *serverRow) string
}{
	{"Running", "mean", 1, func(r *serverRow) string { return said(mean(r.Running), number) }},
	{"Running", "max", 0, func(r *serverRow) string { return said(most(r.Running), exact) }},
	{"Waiting", "mean", 1, func(r *serverRow) string { return said(mean(r.Waiting), number) }},
	{"Waiting", "max", 0, func(r *serverRow) string { return said(most(r.Waiting), exact) }},
	{"KV use", "max", 0, func(r *serverRow) string { return said(most(r.KVUse), percent) }},
	{"Prefix", "hits", 2, func(r *serverRow) string { return said(r.PrefixHitShare, percent) }},
	{"Pre-", "empted", 2, func(r *serverRow) string { return said(r.Preemptions, exact) }},
	{"Samples", "", 0, func(r *serverRow) string { return integer(r.Samples) }},
}

func mean(l *metrics.Level) *float64 {
	if l == nil {
		return nil
	}
	return &l.Mean
}

func most(l *metrics.Level) *float64 {
	if l == nil {
		return nil
	}
	return &l.Max
}

// said is a figure that a server need not give.
func said(v *float64, text func(float64) string) string {
	if v == nil {
		return none
	}
	return text(*v)
}

// servers shows what the servers said of themselves.
func (t *terminal) servers() {
	rows := serverRows(t.s)
	if len(rows) == 0 {
		return
	}
	g := &grid{columns: []gridColumn{{head: "Server said", left: true}}}
	for _, c := range serverColumns {
		g.columns = append(g.columns, gridColumn{head: c.head, sub: c.sub, rank: c.rank})
	}
	for i := range rows {
		cells := []string{rows[i].name(severalTargets(rows))}
		for _, c := range serverColumns {
			cells = append(cells, c.cell(&rows[i]))
		}
		g.rows = append(g.rows, cells)
	}
	t.grid(g, unstyled)
}

func (m *mdWriter) servers() {
	rows := serverRows(m.s)
	if len(rows) == 0 {
		return
	}
	m.line("\n## What the server said of itself")
	head, align := []string{"Strategy"}, "l"
	for _, c := range serverColumns {
		name := strings.TrimSpace(c.head + " " + c.sub)
		if c.sub == "empted" {
			name = "Preempted"
		}
		head, align = append(head, name), align+"r"
	}
	m.table(align, head...)
	for i := range rows {
		cells := []string{markdown(rows[i].name(severalTargets(rows)))}
		for _, c := range serverColumns {
			cells = append(cells, c.cell(&rows[i]))
		}
		m.row(cells...)
	}
}
