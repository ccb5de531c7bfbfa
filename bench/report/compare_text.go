package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/compare/stat"
)

// unchanged stands where a change is no more than chance, as benchstat has it.
const unchanged = "~"

// short are the names that tables have for long ones.
var short = map[string]string{
	"output_tokens_per_second": "out tok/s", "requests_per_second": "req/s", "error_rate": "errors", "scheduled_latency": "sched. latency",
}

// rowName is what a table calls a row.
func rowName(r *compare.Row) string {
	name := r.Metric
	if s, ok := short[name]; ok {
		name = s
	}
	if r.Stat != "" {
		name += " " + r.Stat
	}
	return name
}

// sideValue is the value of one side of a row, marked when its sample does not certify it.
func sideValue(r *compare.Row, side int) string {
	v := []float64{r.Base, r.Other}[side]
	if math.IsNaN(v) {
		return ""
	}
	text := ""
	switch r.Kind {
	case compare.Seconds:
		text = tight(duration(v))
	case compare.Share:
		text = percent(v)
	default:
		text = number(v)
	}
	if !r.Certified[side] && r.Stat != "" {
		text += "*"
	}
	return text
}

// changeOf is the change of a row: in percent, or in points where it is of shares.
func changeOf(r *compare.Row) string {
	if math.IsNaN(r.Change) {
		return none
	}
	return signed(r.Change) + unitOf(r)
}

func unitOf(r *compare.Row) string {
	if r.Kind == compare.Share {
		return " pp"
	}
	return " %"
}

// signed prints a share in percent with its sign and one decimal.
func signed(share float64) string {
	switch {
	case math.IsInf(share, 0):
		return "∞"
	case math.Abs(share) < 0.0005:
		return "0.0"
	case math.Abs(share) >= 100:
		return fmt.Sprintf("%+.0f", 100*share)
	}
	return fmt.Sprintf("%+.1f", 100*share)
}

func intervalOf(i stat.Interval) string {
	if math.IsNaN(i.Low) || math.IsNaN(i.High) {
		return ""
	}
	return signed(i.Low) + " to " + signed(i.High)
}

// pValue prints the corrected probability of a row.
func pValue(r *compare.Row) string {
	switch {
	case math.IsNaN(r.Adjusted):
		return ""
	case r.Adjusted < 0.001:
		return "<0.001"
	}
	return strconv.FormatFloat(r.Adjusted, 'f', 3, 64)
}

// verdictOf is what a row says: ~ where nothing changed, and why where that is not known.
func verdictOf(r *compare.Row) string {
	switch r.Verdict {
	case compare.Same:
		return unchanged
	case compare.Unknown:
		if r.Samples[0] > 0 && r.Samples[1] > 0 && (!r.Certified[0] || !r.Certified[1]) {
			return "?" // the values are marked, and the legend says why
		}
		return "? " + r.Why
	}
	return string(r.Verdict)
}

// comparisonTotals says how many rows changed which way.
func comparisonTotals(c *compare.Comparison) string {
	return fmt.Sprintf("%d worse, %d better, %d unchanged, %d not tested",
		c.Count(compare.Worse), c.Count(compare.Better), c.Count(compare.Same), c.Count(compare.Unknown))
}

// resultFacts is a result in one line.
func resultFacts(r *compare.Result) string {
	parts := []string{r.Name, r.Tool, r.Model}
	if !r.StartedAt.IsZero() {
		parts = append(parts, r.StartedAt.UTC().Format("2006-01-02 15:04")+" UTC")
	}
	var told []string
	for _, p := range parts {
		if p != "" {
			told = append(told, p)
		}
	}
	return strings.Join(told, ", ")
}

// differences are sentences about the conditions in which the results differ.
func differences(c *compare.Comparison) []string {
	var out []string
	for _, d := range c.Differs {
		out = append(out, fmt.Sprintf("%s differs: %s (A), %s (B)", d.Name, d.Value, d.Other))
	}
	return out
}

// cautions are all that a reader must know before the rows.
func cautions(c *compare.Comparison) []string {
	out := differences(c)
	out = append(out, c.Warnings...)
	for _, side := range []struct {
		label string
		r     *compare.Result
	}{{"A", c.Base}, {"B", c.Other}} {
		for _, n := range side.r.Notes {
			out = append(out, side.label+": "+n)
		}
	}
	if len(c.OnlyBase) > 0 {
		out = append(out, "Only in A: "+strings.Join(c.OnlyBase, ", "))
	}
	if len(c.OnlyOther) > 0 {
		out = append(out, "Only in B: "+strings.Join(c.OnlyOther, ", "))
	}
	return out
}

// pairCounts says how many answers a pair rests on.
func pairCounts(p *compare.Pair) string {
	return fmt.Sprintf("%s: %s and %s answers", p.Name, integer(p.Base.Counts.OK), integer(p.Other.Counts.OK))
}

// compareLegend explains the marks of a comparison.
func compareLegend(c *compare.Comparison) string {
	text := fmt.Sprintf("%s: no more than chance. %d rows were tested; their p-values are corrected together (Holm), so that "+
		"of equal runs at most 5 %% show any change. The interval is of that row alone (95 %%, bootstrap).", unchanged, c.Tests)
	starred, paired := false, false
	for i := range c.Pairs {
		for j := range c.Pairs[i].Rows {
			r := &c.Pairs[i].Rows[j]
			starred = starred || strings.HasSuffix(sideValue(r, 0), "*") || strings.HasSuffix(sideValue(r, 1), "*")
			paired = paired || r.Stat == "paired"
		}
	}
	if paired {
		text += " paired: the median change of a request with the same prompt at the same place."
	}
	if starred {
		text += " *: too few requests to bound this percentile at 99 % confidence (p95 needs 130, p99 662)."
	}
	return text
}
