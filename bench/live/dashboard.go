package live

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// The least terminal that a dashboard fits.
const (
	DashboardLines   = 9 // that it takes
	DashboardColumns = 60
)

// Widths of the columns of a dashboard.
const (
	labelColumn = 10
	valueColumn = 13
	extraColumn = 21
)

// Dashboard draws s for a terminal of so many columns, at least [DashboardColumns]: [DashboardLines] lines, none wider.
func Dashboard(s *Snapshot, columns int, colour bool) []string {
	d := dashboard{s: s, columns: columns, colour: colour}
	asked := "as slots become free"
	if s.TargetRate > 0 {
		asked = "of " + report.Number(s.TargetRate) + " asked"
	}
	failed := ""
	if s.Errors > 0 {
		failed = report.Number(s.ErrorRate) + " failed/s"
	}
	return []string{
		d.title(),
		d.bar(),
		d.row("sent", report.Number(s.SentRate)+" /s", asked, func(m *report.Moment) float64 { return m.Sent }),
		d.row("in flight", report.Count(s.InFlight), "", func(m *report.Moment) float64 { return m.InFlight }),
		d.row("tokens", report.Number(s.TokenRate)+" /s", report.Count(s.Tokens)+" so far", func(m *report.Moment) float64 { return m.Tokens }),
		d.times("TTFT", s.TTFT, func(m *report.Moment) float64 { return m.TTFT.P50 }),
		d.times("TPOT", s.TPOT, func(m *report.Moment) float64 { return m.TPOT.P50 }),
		d.times("latency", s.Latency, func(m *report.Moment) float64 { return m.Latency.P50 }),
		d.row("errors", report.Count(s.Errors), failed, func(m *report.Moment) float64 { return m.Failed }),
	}
}

type dashboard struct {
	s       *Snapshot
	columns int
	colour  bool
}

// The styles of a dashboard, as SGR parameters.
const (
	bold = "1"
	dim  = "2"
	red  = "31"
	cyan = "36"
)

func (d *dashboard) style(sgr, text string) string {
	if !d.colour || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// title is the strategy on the left, with what the figures below are of, and the time on the right.
func (d *dashboard) title() string {
	s := d.s
	right := s.Elapsed.Truncate(time.Second).String()
	if s.HasLeft {
		right += ", about " + s.Left.Round(time.Second).String() + " left"
		if all := right + s.After.Left(s.Left); len(all) <= d.columns/2 {
			right = all
		}
	}
	const of = "  the last 5 s"
	room := d.columns - len(right) - len(of) - 2
	place := s.Place()
	if len(place) > room/2 {
		place = ""
	}
	name := runewidth.Truncate(plain.Text(s.Name), room-len(place), "…") + place
	return d.style(bold, name) + d.style(dim, of) + strings.Repeat(" ", d.columns-runewidth.StringWidth(name)-len(of)-len(right)) + right
}

// bar is how much of the plan is done, and how many requests have ended.
func (d *dashboard) bar() string {
	s := d.s
	ended := report.Count(s.Ended)
	if s.Requests > 0 {
		ended += " of " + report.Count(int64(s.Requests))
	}
	ended += " done"
	room := d.columns - len(ended) - 2
	full := int(s.Done*float64(room) + 0.5)
	return d.style(cyan, strings.Repeat("━", full)) + d.style(dim, strings.Repeat("─", room-full)) + "  " + ended
}

func (d *dashboard) times(label string, t metrics.Dist, of func(m *report.Moment) float64) string {
	if t.Count == 0 {
		return d.row(label, "-", "", of)
	}
	return d.row(label, report.Seconds(t.P50), "p99 "+report.Seconds(t.P99), of)
}

func (d *dashboard) row(label, value, extra string, of func(m *report.Moment) float64) string {
	left, middle := padded(value, valueColumn), padded(extra, extraColumn)
	room := max(0, d.columns-labelColumn-utf8.RuneCountInString(left+middle))
	if label == "errors" && d.s.Errors > 0 {
		left = d.style(red, left)
	}
	return d.style(dim, padded(label, labelColumn)) + left + middle + d.style(cyan, sparkline(d.s.Trend, of, min(room, trendMost)))
}

// padded is text with room up to the next column. None of it is from elsewhere, so it is as wide as it has runes.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(1, width-utf8.RuneCountInString(text)))
}

// trendMost is how many moments a sparkline shows.
const trendMost = 60

// sparks are the heights of a sparkline.
var sparks = []rune("▁▂▃▄▅▆▇█")

// sparkline draws the last moments, at most so many, from 0 to their highest.
func sparkline(ms []report.Moment, of func(m *report.Moment) float64, room int) string {
	ms = ms[max(0, len(ms)-room):]
	highest := 0.0
	for i := range ms {
		highest = max(highest, of(&ms[i]))
	}
	var b strings.Builder
	for i := range ms {
		if v := of(&ms[i]); v > 0 {
			b.WriteRune(sparks[int(v/highest*float64(len(sparks)-1)+0.5)])
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
