package report

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/history"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// historyColumns are the heads of the figures of package history, in its order.
var historyColumns = []gridColumn{
	{head: "TTFT", sub: "p50", rank: 1}, {head: "TTFT", sub: "p99", rank: 1}, {head: "TPOT", sub: "p50", rank: 2},
	{head: "Latency", sub: "p50", rank: 4}, {head: "Latency", sub: "p99", rank: 1}, {head: "out", sub: "tok/s", rank: 1}, {head: "errors", rank: 3},
}

// HistoryTerminal writes series of runs as text for a terminal: one table each, the earliest run first, and below it
// how each figure went. No line is wider than o.Width from 60 columns up.
func HistoryTerminal(w io.Writer, series []history.Series, o TerminalOptions) error {
	t := newTerminal(w, o)
	for i := range series {
		t.series(new(plain.Copy(series[i])))
	}
	return t.err
}

func (t *terminal) series(s *history.Series) {
	t.print(t.styled(bold, cutText(orNone(s.Model)+", "+s.Benchmark+workOf(s), t.width)), "\n")
	g := &grid{columns: []gridColumn{{head: "File", left: true}, {head: "Started", left: true, rank: 2}, {head: "Tool", left: true, rank: 6}, {head: "Reqs", sub: "ok/err"}}}
	g.columns = append(g.columns, historyColumns...)
	for i := range s.Entries {
		e := &s.Entries[i]
		cells := []string{cutText(e.File, 40) + repeatOf(e), started(e.StartedAt), cutText(e.Tool, 30), strconv.Itoa(e.Counts.OK) + "/" + strconv.Itoa(e.Counts.Errors)}
		for _, f := range history.Figures {
			cells = append(cells, markedValue(e, f.Name))
		}
		g.rows = append(g.rows, cells)
	}
	t.grid(g, func(i int) string {
		if i < len(s.Entries) && s.Entries[i].Limited {
			return yellow
		}
		return ""
	})
	t.historyNotes(s)
	if len(s.Entries) < 2 {
		return
	}
	for _, f := range history.Figures {
		values := s.Values(f.Name)
		latest := values[max(0, len(values)-t.width/2):] // as many as a line has room for
		t.print(pad(f.Name, 25), t.styled(dim, history.Sparkline(latest)), "  ", markedValue(&s.Entries[len(values)-1], f.Name), "\n")
	}
	t.print("\n")
}

// workOf is what tells s from other series of its model and load.
func workOf(s *history.Series) string {
	var text strings.Builder
	for _, c := range s.Work {
		value := c.Value
		if c.Name == "prompts" {
			value = cutText(value, 20) // the start of a checksum does
		}
		text.WriteString(", " + c.Name + " " + value)
	}
	return text.String()
}

// repeatOf tells the repeats of one run apart.
func repeatOf(e *history.Entry) string {
	if e.Repeat == 0 {
		return ""
	}
	return " #" + strconv.Itoa(e.Repeat)
}

// historyNotes says what else changed from run to run, and what the marks mean.
func (t *terminal) historyNotes(s *history.Series) {
	noted := false
	if first := s.Entries[0]; first.Tool != "" {
		t.wrapped("", "Tool: "+first.Tool, dim)
		noted = true
	}
	for _, c := range s.Changes() {
		t.wrapped("", "From "+c.File+" on: "+c.Name+" "+c.Value, yellow)
		noted = true
	}
	if slices.ContainsFunc(s.Entries, func(e history.Entry) bool { return len(e.Unsure) > 0 }) {
		t.wrapped("", uncertified+" too few requests to bound this percentile at 99 % confidence.", dim)
		noted = true
	}
	if noted {
		t.print("\n")
	}
}

// markedValue is a figure of e, marked where its requests do not certify it.
func markedValue(e *history.Entry, figure string) string {
	text := historyValue(figure, e.Figures[figure])
	if e.Unsure[figure] && text != none {
		return uncertified + text
	}
	return text
}

func started(at time.Time) string {
	if at.IsZero() {
		return none
	}
	return at.UTC().Format("2006-01-02 15:04")
}

func historyValue(figure string, v float64) string {
	switch {
	case finite(v) == nil:
		return none
	case figure == "error_rate":
		return percent(v)
	case figure == "output_tokens_per_second":
		return number(v)
	}
	return tight(duration(v))
}
