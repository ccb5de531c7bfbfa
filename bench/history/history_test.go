package history_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/conditions"
	"github.com/promptmill/promptmill/bench/history"
	"github.com/promptmill/promptmill/bench/metrics"
)

// result is a run on a day with a first token after some seconds; 0 is one that answered nothing.
func result(name, model string, day int, ttft float64) *compare.Result {
	b := compare.Benchmark{}
	b.Name, b.Counts = "concurrent 8", metrics.Counts{Total: 10, OK: 10}
	if ttft > 0 {
		b.TTFT = metrics.Dist{Count: 10, P50: ttft, P99: ttft}
	}
	return &compare.Result{Name: name, Model: model, StartedAt: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC), Benchmarks: []compare.Benchmark{b}}
}

func TestGroup_byModelInTime(t *testing.T) {
	var entries []history.Entry
	for _, r := range []*compare.Result{
		result("c", "m", 3, 3), result("other", "a", 9, 1), result("a", "m", 1, 1), result("dead", "m", 2, 0), result("b", "m", 1, 2),
	} {
		entries = append(entries, history.Of(r)...)
	}
	series := history.Group(entries)
	if len(series) != 2 || series[0].Model != "a" || series[1].Model != "m" {
		t.Fatalf("series %+v", series)
	}
	var files []string
	for _, e := range series[1].Entries {
		files = append(files, e.File)
	}
	if diff := cmp.Diff([]string{"a", "b", "dead", "c"}, files); diff != "" {
		t.Error(diff)
	}
	if got := history.Sparkline(series[1].Values("ttft.p50")); got != "▁▅ █" {
		t.Errorf("sparkline %q, want %q", got, "▁▅ █")
	}
}

// Runs of different work are different series, which say what tells them apart.
func TestGroup_byWork(t *testing.T) {
	var entries []history.Entry
	for i, r := range []*compare.Result{result("a", "m", 1, 1), result("b", "m", 2, 2), result("c", "m", 3, 3)} {
		r.Conditions = []conditions.Condition{conditions.New("prompts", "same"), conditions.New("max-tokens", []string{"10", "20", "10"}[i])}
		entries = append(entries, history.Of(r)...)
	}
	var got []string
	for _, s := range history.Group(entries) {
		var text strings.Builder
		for _, c := range s.Work {
			text.WriteString(c.Name + " " + c.Value + ":")
		}
		for _, e := range s.Entries {
			text.WriteString(" " + e.File)
		}
		got = append(got, text.String())
	}
	if diff := cmp.Diff([]string{"max-tokens 10: a c", "max-tokens 20: b"}, got); diff != "" {
		t.Error(diff)
	}
}

// Another server or tool makes no other series, but is told.
func TestSeries_Changes(t *testing.T) {
	var entries []history.Entry
	for i, r := range []*compare.Result{result("a", "m", 1, 1), result("b", "m", 2, 2), result("c", "m", 3, 3)} {
		r.Conditions = []conditions.Condition{conditions.New("tool", "t"), conditions.New("target", []string{"x", "y", "y"}[i])}
		entries = append(entries, history.Of(r)...)
	}
	series := history.Group(entries)
	if len(series) != 1 {
		t.Fatalf("%d series", len(series))
	}
	if diff := cmp.Diff([]history.Change{{File: "b", Name: "target", Value: "y"}}, series[0].Changes()); diff != "" {
		t.Error(diff)
	}
}

// Repeats of a load are in its series, and percentiles of a few requests are marked.
func TestOf_repeatsAndDoubt(t *testing.T) {
	r := result("a", "m", 1, 1)
	again := r.Benchmarks[0]
	again.Name, again.Repeat = "concurrent 8 #2", 2
	again.TTFT.Certified = 99
	r.Benchmarks = append(r.Benchmarks, again)
	series := history.Group(history.Of(r))
	if len(series) != 1 || len(series[0].Entries) != 2 || series[0].Entries[1].Repeat != 2 {
		t.Fatalf("series %+v", series)
	}
	if diff := cmp.Diff(map[string]bool{"ttft.p50": true, "ttft.p99": true}, series[0].Entries[0].Unsure); diff != "" {
		t.Error(diff)
	}
	if len(series[0].Entries[1].Unsure) != 0 {
		t.Errorf("certified figures are unsure: %v", series[0].Entries[1].Unsure)
	}
}

func TestSparkline(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   string
	}{
		{nil, ""},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8}, "▁▂▃▄▅▆▇█"},
		{[]float64{5, 5, 5}, "▄▄▄"},
		{[]float64{math.NaN()}, " "},
		{[]float64{0, math.SmallestNonzeroFloat64}, "▄▄"},
		{[]float64{-math.MaxFloat64, math.Inf(1), math.MaxFloat64}, "▁ █"},
	} {
		if got := history.Sparkline(tt.values); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.values, got, tt.want)
		}
	}
}
