package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// Markdown writes s as the write-up of a benchmark in GitHub-flavoured markdown: setup, one block per strategy, the
// key metrics, what was learned, next steps.
func Markdown(w io.Writer, s *metrics.Summary) error {
	m := &mdWriter{printer: printer{w: w}, s: new(plain.Copy(*s))}
	m.line("# Benchmark of ", markdown(orNone(m.s.Run.Model)))
	m.verdict()
	m.setup()
	if text := conclusion(&m.s.Run); text != "" {
		m.line("\n## Result\n\n", markdown(text))
	}
	m.line("\n## Results")
	if len(m.s.Benchmarks) == 0 {
		m.line("\nNo benchmark was measured.")
	}
	for i := range m.s.Benchmarks {
		m.strategy(&m.s.Benchmarks[i])
	}
	m.targets()
	m.servers()
	m.keyMetrics()
	m.goodput()
	m.learned()
	m.definitions()
	return m.err
}

type mdWriter struct {
	printer
	s *metrics.Summary
}

func (m *mdWriter) line(parts ...string) {
	m.print(parts...)
	m.print("\n")
}

// row writes a row of a table from cells that are escaped already.
func (m *mdWriter) row(cells ...string) { m.line("| ", strings.Join(cells, " | "), " |") }

// table writes the head of a table. align has one letter per column: l or r.
func (m *mdWriter) table(align string, head ...string) {
	m.line()
	m.row(head...)
	m.line("|", strings.NewReplacer("l", "---|", "r", "---:|").Replace(align))
}

func (m *mdWriter) verdict() {
	for i, n := range verdict(m.s) {
		if i == 0 {
			m.line()
		} else {
			m.line(">")
		}
		m.line("> **", markdown(n.Label), "**: ", markdown(n.Text))
	}
}

func (m *mdWriter) setup() {
	m.line("\n## Setup\n")
	m.facts(setup(m.s))
	opts := options(&m.s.Run)
	if len(opts) == 0 {
		return
	}
	m.print("- **Options**: ")
	for i, o := range opts {
		if i > 0 {
			m.print(", ")
		}
		m.print(code(o.Label + "=" + o.Value))
	}
	m.line()
}

func (m *mdWriter) facts(facts []fact) {
	for _, f := range facts {
		value := markdown(f.Value)
		if f.Copy {
			value = code(f.Value)
		}
		m.line("- **", markdown(f.Label), "**: ", value)
	}
}

func (m *mdWriter) strategy(b *metrics.Benchmark) {
	m.line("\n### ", markdown(orNone(b.Name)))
	m.line("\n", markdown(reading(b)), "\n")
	m.facts(remarks(b))
	if ts := timings(b); len(ts) > 0 {
		m.table("lrrrrrrrrr", "Time", "p50", "p90", "p95", "p99", "Mean", "Std", "Min", "Max", "Samples")
		for _, t := range ts {
			m.row(t.Name, cell(t.Dist, 50, t.P50), cell(t.Dist, 90, t.P90), cell(t.Dist, 95, t.P95), cell(t.Dist, 99, t.P99),
				duration(t.Mean), duration(t.Std), duration(t.Min), duration(t.Max), integer(t.Count))
		}
	}
	if len(b.Counts.ErrorKinds) > 0 {
		m.table("lrl", "Error", "Count", "First message")
		for _, e := range b.Counts.ErrorKinds {
			m.row(code(e.Kind), integer(e.Count), markdown(e.Example))
		}
	}
}

// cell is a percentile in a table: its mark would be read as strike-through.
func cell(d metrics.Dist, p, v float64) string { return markdown(percentile(d, p, v)) }

func (m *mdWriter) keyMetrics() {
	m.line("\n## Key metrics")
	m.keyTable()
}

func (m *mdWriter) keyTable() {
	m.table("lrrrr", "Strategy", "Latency (Mdn)", "TTFT (Mdn)", "Gen speed (tok/s)", "Errors")
	for i := range m.s.Benchmarks {
		b := &m.s.Benchmarks[i]
		m.row(markdown(orNone(b.Name)), markdown(p50(b.Latency)), markdown(p50(b.TTFT)), genSpeed(b), markdown(errorsOf(b)))
	}
}

func genSpeed(b *metrics.Benchmark) string {
	if b.GenSpeed.Count == 0 {
		return none
	}
	return number(b.GenSpeed.P50)
}

func (m *mdWriter) learned() {
	fs := findings(m.s)
	m.line("\n## What was learned\n")
	for _, f := range fs {
		m.line("- ", markdown(f.Text))
	}
	if len(fs) == 0 {
		m.line("Nothing: there are no numbers to learn from.")
	}
	m.line("\n## Next steps\n")
	for i, f := range fs {
		m.line(fmt.Sprintf("%d. ", i+1), markdown(f.Next))
	}
	if len(fs) == 0 {
		m.line("1. Run it again.")
	}
}

func (m *mdWriter) definitions() {
	m.line("\n## Definitions\n")
	for _, d := range definitions() {
		m.line("- **", markdown(d.Label), "**: ", markdown(d.Text))
	}
}
