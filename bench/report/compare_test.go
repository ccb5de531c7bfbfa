package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/compare/stat"
	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/history"
	"github.com/promptmill/promptmill/bench/metrics"
)

const evil = "\x1b[31m<script>|\u202e@all"

// aComparison has a row of every kind, and text that means harm wherever a file or server may put some.
func aComparison() *compare.Comparison {
	side := func(name string, ok int) (*compare.Result, *compare.Benchmark) {
		b := &compare.Benchmark{}
		b.Counts = metrics.Counts{Total: ok + 2, OK: ok, Errors: 2}
		return &compare.Result{Name: name, Tool: "promptmill 1.0", Model: "m" + evil, StartedAt: time.Unix(1e9, 0), Notes: []string{evil}}, b
	}
	base, a := side("a.parquet", 500)
	other, b := side("b.parquet", 400)
	nan := math.NaN()
	row := func(metric, name string, kind compare.Kind, x, y float64, v compare.Verdict) compare.Row {
		return compare.Row{
			Metric: metric, Stat: name, Kind: kind, Base: x, Other: y, Samples: [2]int{500, 400}, Certified: [2]bool{true, true},
			Change: y/x - 1, Interval: stat.Interval{Low: y/x - 1.02, High: y/x - 0.98}, Test: "t", P: 0.001, Adjusted: 0.0123, Verdict: v,
		}
	}
	few := row("ttft", "p99", compare.Seconds, 0.09, 0.12, compare.Unknown)
	few.Certified, few.Adjusted, few.Why = [2]bool{}, nan, "p99 takes 662 requests"
	paired := row("ttft", "paired", compare.Seconds, nan, nan, compare.Worse)
	paired.Change, paired.Interval, paired.Adjusted = 0.1, stat.Interval{Low: 0.09, High: 0.11}, 1e-9
	failures := row("error_rate", "", compare.Share, 0.01, 0.03, compare.Same)
	failures.Change, failures.Interval = 0.02, stat.Interval{Low: -0.01, High: math.Inf(1)}
	figures := row("tpot", "p50", compare.Seconds, 0.01, 0.02, compare.Unknown)
	figures.Interval, figures.Adjusted, figures.Why = stat.Interval{Low: nan, High: nan}, nan, "figures only"
	return &compare.Comparison{
		Base: base, Other: other, Tests: 4, OnlyBase: []string{"concurrent 1"}, OnlyOther: []string{evil},
		Differs:  []conditions.Difference{{Condition: conditions.New("target", "http://a"), Other: evil}},
		Warnings: []string{"Something " + evil},
		Pairs: []compare.Pair{{Name: "concurrent 8", Base: a, Other: b, Rows: []compare.Row{
			row("ttft", "p50", compare.Seconds, 0.05, 0.055, compare.Worse), few, paired, figures,
			row("output_tokens_per_second", "", compare.PerSecond, 1000, 1100, compare.Better),
			row("requests_per_second", "", compare.PerSecond, 10, 10.01, compare.Same), failures,
		}}},
	}
}

var judgements = []compare.Judgement{
	{Gate: "ttft.p50 > +5%", Result: "b.parquet", Benchmark: "concurrent 8", Outcome: compare.Failed, Reason: "ttft.p50 changed by +10 %"},
	{Gate: evil, Result: "b.parquet", Benchmark: evil, Outcome: compare.Unchecked, Reason: evil},
}

// comparedAs is every format of the comparison.
func comparedAs(t *testing.T) map[string]string {
	t.Helper()
	c := aComparison()
	var narrow, wide, coloured, markdown, document bytes.Buffer
	for _, err := range []error{
		CompareTerminal(&narrow, c, judgements, TerminalOptions{Width: 80}),
		CompareTerminal(&wide, c, judgements, TerminalOptions{Width: 120}),
		CompareTerminal(&coloured, c, judgements, TerminalOptions{Width: 80, Color: true}),
		CompareMarkdown(&markdown, c, judgements),
		CompareJSON(&document, []*compare.Comparison{c}, judgements),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{
		"compare.80.txt": narrow.String(), "compare.120.txt": wide.String(), "compare.color.txt": coloured.String(),
		"compare.md": markdown.String(), "compare.json": document.String(),
	}
}

func TestCompare_golden(t *testing.T) {
	for name, text := range comparedAs(t) {
		checkGolden(t, name, text)
	}
}

// Nothing of a file or server reaches a terminal or a page as more than text, and lines fit.
func TestCompare_hostileTextStaysText(t *testing.T) {
	for name, text := range comparedAs(t) {
		if strings.Contains(text, "\u202e") || !strings.Contains(name, "color") && strings.Contains(text, "\x1b") {
			t.Errorf("%s: control characters of the results", name)
		}
		if strings.HasSuffix(name, ".md") && strings.Contains(text, "<script>") {
			t.Errorf("%s: HTML of the results", name)
		}
	}
	for line := range strings.Lines(comparedAs(t)["compare.80.txt"]) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(comparedAs(t)["compare.json"]), &doc); err != nil {
		t.Error(err)
	}
}

func TestHistory_golden(t *testing.T) {
	entry := func(file string, day int, ttft float64) history.Entry {
		e := history.Entry{
			File: file, StartedAt: time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC), Tool: "promptmill 1.0", Model: "m" + evil, Benchmark: "concurrent 8",
			Counts: metrics.Counts{Total: 11, OK: 10, Errors: 1}, Figures: map[string]float64{},
		}
		for i, f := range history.Figures {
			e.Figures[f.Name] = ttft * float64(i+1)
		}
		return e
	}
	series := history.Group([]history.Entry{entry("a", 1, 0.01), entry("b"+evil, 2, math.NaN()), entry("c", 3, 0.02)})
	for name, write := range map[string]func(w *bytes.Buffer) error{
		"history.80.txt": func(w *bytes.Buffer) error { return HistoryTerminal(w, series, TerminalOptions{}) },
		"history.120.txt": func(w *bytes.Buffer) error {
			return HistoryTerminal(w, series, TerminalOptions{Width: 120})
		},
		"history.json": func(w *bytes.Buffer) error { return HistoryJSON(w, series) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e") {
			t.Errorf("%s: control characters of the results", name)
		}
		checkGolden(t, name, b.String())
	}
}
