package history_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/compare"
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

func TestSparkline(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   string
	}{
		{nil, ""},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8}, "▁▂▃▄▅▆▇█"},
		{[]float64{5, 5, 5}, "▄▄▄"},
		{[]float64{math.NaN()}, " "},
		{[]float64{-math.MaxFloat64, math.Inf(1), math.MaxFloat64}, "▁ █"},
	} {
		if got := history.Sparkline(tt.values); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.values, got, tt.want)
		}
	}
}
