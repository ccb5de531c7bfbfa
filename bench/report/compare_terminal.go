package report

import (
	"io"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// CompareTerminal writes a comparison as text for a terminal: the two results, what to be careful about, a table for
// each benchmark, what came of the gates. No line is wider than o.Width from 60 columns up.
func CompareTerminal(w io.Writer, c *compare.Comparison, gates []compare.Judgement, o TerminalOptions) error {
	t := newTerminal(w, o)
	safe := printableComparison(c)
	t.wrapped("A  ", resultFacts(safe.Base), bold)
	t.wrapped("B  ", resultFacts(safe.Other), bold)
	t.print("\n")
	for _, text := range cautions(safe) {
		t.wrapped("! ", text, yellow)
	}
	if len(cautions(safe)) > 0 {
		t.print("\n")
	}
	for i := range safe.Pairs {
		t.pair(&safe.Pairs[i])
	}
	t.gates(gates)
	t.wrapped("", comparisonTotals(safe)+".", bold)
	t.wrapped("", compareLegend(safe), dim)
	return t.err
}

// GatesTerminal writes what came of gates alone.
func GatesTerminal(w io.Writer, gates []compare.Judgement, o TerminalOptions) error {
	t := newTerminal(w, o)
	t.gates(gates)
	return t.err
}

// pair prints the table of one benchmark.
func (t *terminal) pair(p *compare.Pair) {
	t.print(t.styled(bold, cutText(pairCounts(p), t.width)), "\n")
	g := &grid{columns: []gridColumn{
		{head: "", left: true}, {head: "A"}, {head: "B"}, {head: "Change"}, {head: "95 % interval", rank: 3}, {head: "p", rank: 4}, {head: "", left: true, prose: true},
	}}
	for i := range p.Rows {
		r := &p.Rows[i]
		g.rows = append(g.rows, []string{
			rowName(r), sideValue(r, 0), sideValue(r, 1), changeOf(r), intervalOf(r.Interval), pValue(r), verdictOf(r),
		})
	}
	styles := make([]string, len(p.Rows))
	for i := range p.Rows {
		styles[i] = map[compare.Verdict]string{compare.Worse: red, compare.Better: green, compare.Unknown: dim}[p.Rows[i].Verdict]
	}
	t.grid(g, func(row int) string {
		if row < len(styles) && len(g.rows) == len(styles) { // a wrapped cell takes several lines
			return styles[row]
		}
		return ""
	})
}

const green = "32"

func (t *terminal) gates(gates []compare.Judgement) {
	for i := range gates {
		j := plain.Copy(gates[i])
		style := map[compare.Outcome]string{compare.Failed: red, compare.Passed: green, compare.Unchecked: yellow}[j.Outcome]
		t.wrapped(pad(string(j.Outcome), 10), j.Gate+" in "+j.Benchmark+" of "+j.Result+": "+j.Reason, style)
	}
	if len(gates) > 0 {
		t.print("\n")
	}
}
