package export

import (
	"cmp"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// A column of the table; its cell is empty where a benchmark has no such figure.
type column struct {
	head string
	cell func(s *metrics.Summary, b *metrics.Benchmark) string
}

// writeCSV writes a row for each benchmark under one line of names, as RFC 4180 has it. Times are in seconds.
func writeCSV(w io.Writer, s *Source) error {
	out := csv.NewWriter(w)
	columns := csvColumns()
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.head
	}
	_ = out.Write(row) // Error has it
	for i := range s.Summary.Benchmarks {
		for j, c := range columns {
			row[j] = c.cell(s.Summary, &s.Summary.Benchmarks[i])
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}

func csvColumns() []column {
	all := []column{
		{"run", text(func(s *metrics.Summary, _ *metrics.Benchmark) string { return s.Run.ID })},
		{"started_at", text(func(s *metrics.Summary, b *metrics.Benchmark) string {
			return s.Run.StartedAt.Add(time.Duration(b.StartNS)).UTC().Format(time.RFC3339)
		})},
		{"tool", text(func(s *metrics.Summary, _ *metrics.Benchmark) string { return s.Run.Tool })},
		{"target", text(func(s *metrics.Summary, _ *metrics.Benchmark) string { return s.Run.Target + s.Run.Endpoint })},
		{"model", text(func(s *metrics.Summary, _ *metrics.Benchmark) string { return s.Run.Model })},
		{"benchmark", text(func(_ *metrics.Summary, b *metrics.Benchmark) string { return b.Name })},
		{"strategy", text(func(_ *metrics.Summary, b *metrics.Benchmark) string { return b.Strategy })},
		{"target_rate", known(func(b *metrics.Benchmark) (float64, bool) { return b.TargetRate, b.TargetRate > 0 })},
		{"target_concurrency", known(func(b *metrics.Benchmark) (float64, bool) {
			return float64(b.TargetConcurrency), b.TargetConcurrency > 0
		})},
		{"stopped", text(func(s *metrics.Summary, b *metrics.Benchmark) string { return cmp.Or(s.Run.Stopped, b.StopReason) })},
		{"client_limited", text(func(_ *metrics.Summary, b *metrics.Benchmark) string { return strings.Join(b.ClientLimited, " ") })},
	}
	all = append(all, countColumns...)
	for _, f := range figures {
		all = append(all, column{f.name, known(func(b *metrics.Benchmark) (float64, bool) { return f.of(b), true })})
	}
	all = append(all,
		column{"goodput_per_second", known(func(b *metrics.Benchmark) (float64, bool) {
			return value(b.Goodput).RequestsPerSecond, b.Goodput != nil
		})},
		column{"goodput_share", known(func(b *metrics.Benchmark) (float64, bool) { return value(b.Goodput).Share, b.Goodput != nil })},
		column{"accuracy", known(func(b *metrics.Benchmark) (float64, bool) { return value(b.Accuracy), b.Accuracy != nil })})
	for _, d := range distributions {
		all = append(all, distColumns(d)...)
	}
	return all
}

var countColumns = []column{
	{"requests", count(func(c *metrics.Counts) int { return c.Total })},
	{"ok", count(func(c *metrics.Counts) int { return c.OK })},
	{"errors", count(func(c *metrics.Counts) int { return c.Errors })},
	{"unfinished", count(func(c *metrics.Counts) int { return c.Unfinished })},
	{"cancelled", count(func(c *metrics.Counts) int { return c.Cancelled })},
	{"cooldown", count(func(c *metrics.Counts) int { return c.Cooldown })},
	{"warmup", count(func(c *metrics.Counts) int { return c.Warmup })},
	{"zero_token", count(func(c *metrics.Counts) int { return c.ZeroToken })},
}

// distColumns are the figures of a distribution, and what its sample certifies.
func distColumns(d distribution) []column {
	var all []column
	for _, stat := range []struct {
		name string
		of   func(d *metrics.Dist) float64
	}{
		{"samples", func(d *metrics.Dist) float64 { return float64(d.Count) }}, {"mean", func(d *metrics.Dist) float64 { return d.Mean }},
		{"std", func(d *metrics.Dist) float64 { return d.Std }}, {"min", func(d *metrics.Dist) float64 { return d.Min }},
		{"p50", func(d *metrics.Dist) float64 { return d.P50 }}, {"p90", func(d *metrics.Dist) float64 { return d.P90 }},
		{"p95", func(d *metrics.Dist) float64 { return d.P95 }}, {"p99", func(d *metrics.Dist) float64 { return d.P99 }},
		{"p999", func(d *metrics.Dist) float64 { return d.P999 }}, {"max", func(d *metrics.Dist) float64 { return d.Max }},
		{"certified", func(d *metrics.Dist) float64 { return d.Certified }},
	} {
		all = append(all, column{d.name + "_" + stat.name, known(func(b *metrics.Benchmark) (float64, bool) {
			return stat.of(d.of(b)), d.of(b).Count > 0 || stat.name == "samples"
		})})
	}
	return all
}

func known(of func(b *metrics.Benchmark) (float64, bool)) func(*metrics.Summary, *metrics.Benchmark) string {
	return func(_ *metrics.Summary, b *metrics.Benchmark) string {
		if v, ok := of(b); ok {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return ""
	}
}

func count(of func(c *metrics.Counts) int) func(*metrics.Summary, *metrics.Benchmark) string {
	return func(_ *metrics.Summary, b *metrics.Benchmark) string { return strconv.Itoa(of(&b.Counts)) }
}

// text is a cell of words. What a spreadsheet would take for a formula gets an apostrophe before it.
func text(of func(s *metrics.Summary, b *metrics.Benchmark) string) func(*metrics.Summary, *metrics.Benchmark) string {
	return func(s *metrics.Summary, b *metrics.Benchmark) string {
		cell := plain.Text(of(s, b))
		if bare := strings.TrimLeft(cell, " \"'"); bare != "" && strings.ContainsRune("=+-@|%", rune(bare[0])) {
			return "'" + cell
		}
		return cell
	}
}
