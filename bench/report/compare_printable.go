package report

import (
	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// printableComparison is c with every text of files and servers printable. The samples of the requests, which no report
// shows, stay behind.
func printableComparison(c *compare.Comparison) *compare.Comparison {
	safe := *c
	safe.Base, safe.Other = printableResult(c.Base), printableResult(c.Other)
	safe.Pairs = make([]compare.Pair, len(c.Pairs))
	for i, p := range c.Pairs {
		safe.Pairs[i] = compare.Pair{Name: plain.Text(p.Name), Base: countsOnly(p.Base), Other: countsOnly(p.Other), Rows: plain.Copy(p.Rows)}
	}
	safe.OnlyBase, safe.OnlyOther = plain.Copy(c.OnlyBase), plain.Copy(c.OnlyOther)
	safe.Differs, safe.Warnings = plain.Copy(c.Differs), plain.Copy(c.Warnings)
	return &safe
}

func printableResult(r *compare.Result) *compare.Result {
	safe := *r
	safe.Benchmarks = nil
	return new(plain.Copy(safe))
}

// countsOnly is b as far as a comparison shows it.
func countsOnly(b *compare.Benchmark) *compare.Benchmark {
	out := &compare.Benchmark{}
	out.Counts.OK, out.Counts.Total, out.Counts.Errors = b.Counts.OK, b.Counts.Total, b.Counts.Errors
	return out
}
