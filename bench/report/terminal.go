package report

import (
	"cmp"
	"io"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// TerminalOptions is how [Terminal] writes.
type TerminalOptions struct {
	Width int  // columns of the terminal; 0 means 80
	Color bool // write ANSI colours
}

// Terminal writes s as text for a terminal: what was run, what to be careful about, one row per benchmark, errors.
// No line is wider than o.Width from 48 columns up; wider terminals get more columns.
func Terminal(w io.Writer, s *metrics.Summary, o TerminalOptions) error {
	t := newTerminal(w, o)
	t.s = new(plain.Copy(*s))
	t.header()
	t.verdict()
	t.conclusion()
	t.strategies()
	t.openLoops()
	t.targets()
	t.accuracies()
	t.servers()
	t.goodput()
	t.errors()
	t.apart()
	t.definitions()
	return t.err
}

type terminal struct {
	printer
	s     *metrics.Summary // of a report
	width int
	color bool
}

func newTerminal(w io.Writer, o TerminalOptions) *terminal {
	return &terminal{printer: printer{w: w}, width: cmp.Or(max(o.Width, 0), 80), color: o.Color}
}

// ANSI styles.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	yellow = "33"
)

func (t *terminal) styled(style, text string) string {
	if !t.color || style == "" || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// header says what was run. Facts that nobody looks for in a terminal are left to the other formats.
func (t *terminal) header() {
	t.print(t.styled(bold, cutText("Benchmark of "+orNone(t.s.Run.Model), t.width)), "\n")
	for _, f := range []fact{
		{Label: "Target", Value: t.s.Run.Target + t.s.Run.Endpoint},
		{Label: "When", Value: when(&t.s.Run)},
		{Label: "Prompts", Value: prompts(&t.s.Run.Prompts)},
		{Label: "Dataset", Value: readManifest(t.s.Run.Manifest).dataset()},
		{Label: "Host", Value: host(&t.s.Run.Host)},
		{Label: "Tool", Value: tool(&t.s.Run)},
		{Label: "Merged", Value: merged(&t.s.Run)},
	} {
		if f.Value != "" {
			t.wrapped(pad(f.Label, 9), cutText(f.Value, 3*t.width), dim)
		}
	}
	t.print("\n")
}

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-cells.StringWidth(s), 0))
}

// verdict is what a reader must know before any number.
func (t *terminal) verdict() {
	notices := verdict(t.s)
	for _, n := range notices {
		style := yellow
		if n.Bad {
			style = red
		}
		t.wrapped(n.Label+": ", n.Text, style)
	}
	if len(notices) > 0 {
		t.print("\n")
	}
}

func (t *terminal) conclusion() {
	if text := conclusion(&t.s.Run); text != "" {
		t.wrapped("Result: ", text, bold)
		t.print("\n")
	}
}

// wrapped prints text over as many lines as it needs, the lines after the first under its beginning.
func (t *terminal) wrapped(lead, text, style string) {
	indent := strings.Repeat(" ", cells.StringWidth(lead))
	for i, line := range wrap(text, max(t.width-len(indent), narrowest)) {
		if i > 0 {
			lead = indent
		}
		t.print(t.styled(style, lead), line, "\n")
	}
}

// wrap breaks text at spaces into lines of at most width cells; longer words are broken anywhere.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case cells.StringWidth(line)+1+cells.StringWidth(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
		for cells.StringWidth(line) > width {
			head := cells.Truncate(line, width, "")
			if head == "" {
				break
			}
			lines, line = append(lines, head), line[len(head):]
		}
	}
	return append(lines, line)
}

// grid prints a table; style is asked for the colour of each row.
func (t *terminal) grid(g *grid, style func(row int) string) {
	header, rows := g.lines(g.fit(t.width))
	for _, h := range header {
		t.print(t.styled(bold, h), "\n")
	}
	for i, r := range rows {
		t.print(t.styled(style(i), r), "\n")
	}
	t.print("\n")
}

func unstyled(int) string { return "" }

func (t *terminal) definitions() {
	t.wrapped("", "Latency, TTFT: from sending to the end, to the first token. "+
		"TPOT: (last token - first token) / (tokens - 1). tok/s, req/s: successes in the window / window. "+
		"conc: mean requests in flight. Warm-up is left out.", dim)
	if anyOf(t.s, func(b *metrics.Benchmark) bool { return b.Latency.Count > 0 && b.Latency.Certified < 99 }) {
		t.wrapped("", uncertified+" too few requests to bound this percentile at 99 % confidence (p99 needs 662).", dim)
	}
}
