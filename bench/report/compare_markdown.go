package report

import (
	"io"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// CompareMarkdown writes a comparison as a comment for a pull request, in GitHub's markdown: the outcome first, what is
// worse before the rest, the full tables folded.
func CompareMarkdown(w io.Writer, c *compare.Comparison, gates []compare.Judgement) error {
	p := &printer{w: w}
	safe := printableComparison(c)
	p.print("### ", comparisonTitle(safe, gates), "\n\n")
	p.print("A: ", markdown(resultFacts(safe.Base)), "  \nB: ", markdown(resultFacts(safe.Other)), "\n\n")
	gateList(p, gates)
	if len(gates) > 0 {
		p.print("\n")
	}
	for i := range safe.Pairs {
		changedTable(p, &safe.Pairs[i])
	}
	notes := cautions(safe)
	for _, n := range notes {
		p.print("- ", markdown(n), "\n")
	}
	if len(notes) > 0 {
		p.print("\n")
	}
	p.print("<details><summary>All figures</summary>\n\n")
	for i := range safe.Pairs {
		pair := &safe.Pairs[i]
		p.print("**", markdown(pairCounts(pair)), "**\n\n")
		comparisonTable(p, pair.Rows)
	}
	p.print(markdown(compareLegend(safe)), "\n\n</details>\n")
	return p.err
}

// comparisonTitle is the outcome in a few words.
func comparisonTitle(c *compare.Comparison, gates []compare.Judgement) string {
	failed := 0
	for i := range gates {
		if gates[i].Outcome == compare.Failed {
			failed++
		}
	}
	switch worse, better := c.Count(compare.Worse), c.Count(compare.Better); {
	case failed > 0:
		return "Benchmark: a gate failed (" + comparisonTotals(c) + ")"
	case worse > 0:
		return "Benchmark: worse (" + comparisonTotals(c) + ")"
	case better > 0:
		return "Benchmark: better (" + comparisonTotals(c) + ")"
	}
	return "Benchmark: no change (" + comparisonTotals(c) + ")"
}

// changedTable shows the rows of a pair that changed, if there are any.
func changedTable(p *printer, pair *compare.Pair) {
	var changed []compare.Row
	for _, r := range pair.Rows {
		if r.Verdict == compare.Worse || r.Verdict == compare.Better {
			changed = append(changed, r)
		}
	}
	if len(changed) > 0 {
		p.print("**", markdown(pair.Name), "**\n\n")
		comparisonTable(p, changed)
	}
}

func comparisonTable(p *printer, rows []compare.Row) {
	p.print("| | A | B | Change | 95 % interval | p | |\n|---|---:|---:|---:|---:|---:|---|\n")
	for i := range rows {
		r := &rows[i]
		p.print("| ", markdown(rowName(r)))
		for _, cell := range []string{sideValue(r, 0), sideValue(r, 1), changeOf(r), intervalOf(r.Interval), pValue(r), verdictOf(r)} {
			p.print(" | ", markdown(cell))
		}
		p.print(" |\n")
	}
	p.print("\n")
}

// GatesMarkdown writes what came of gates alone.
func GatesMarkdown(w io.Writer, gates []compare.Judgement) error {
	p := &printer{w: w}
	gateList(p, gates)
	return p.err
}

func gateList(p *printer, gates []compare.Judgement) {
	for i := range gates {
		j := plain.Copy(gates[i])
		p.print("- **", string(j.Outcome), "** ", code(j.Gate), " in ", markdown(j.Benchmark), ": ", markdown(j.Reason), "\n")
	}
}
