package report

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

// withGoodput is a run held against an SLO that the first benchmark keeps, and the second does not.
func withGoodput() *metrics.Summary {
	s := quiet()
	const slo = "ttft<=51ms,latency.p99<=2s"
	for i, good := range []int{700, 350, 700} {
		s.Benchmarks[i].Goodput = &metrics.Goodput{
			SLO: slo, Requests: 700, Good: good, Share: float64(good) / 700, RequestsPerSecond: float64(good) / 500,
			Bounds:      []metrics.BoundResult{{Bound: "ttft<=51ms", Kept: good}},
			Percentiles: []metrics.PercentileResult{{Bound: "latency.p99<=2s", Value: 1.1, Kept: i != 1, Certified: i != 2}},
		}
	}
	return s
}

// Goodput is in every format that people read, beside what each condition says; a percentile that too few answers bound is
// marked. Without an SLO nothing speaks of it.
func TestGoodput_isShown(t *testing.T) {
	for format, wanted := range map[string][]string{
		"120.txt": {"SLO: ttft<=51ms,latency.p99<=2s", "Good req/s", "350 of 700", "50 %", "latency.p99<=2s", "missed", "~kept"},
		"md":      {"## Goodput", "350 of 700", "| missed |", `\~kept`},
		"json":    {`"good": 350`, `"certified": false`},
		"html":    {"Good req/s", "0.700", "50 %"},
	} {
		got := shownAs(t, format, withGoodput())
		for _, want := range wanted {
			if !strings.Contains(got, want) {
				t.Errorf("%s has no %q", format, want)
			}
		}
		for _, word := range []string{"Good req/s", "## Goodput", `"goodput"`, "SLO"} {
			if strings.Contains(shownAs(t, format, quiet()), word) {
				t.Errorf("%s has %q without an SLO", format, word)
			}
		}
	}
}

// In a narrow terminal the share stays, and conditions go.
func TestGoodput_narrow(t *testing.T) {
	got := shownAs(t, "80.txt", withGoodput())
	_, table, _ := strings.Cut(got, "Goodput")
	head, _, _ := strings.Cut(table, "\n")
	if !strings.Contains(head, "Share") || !strings.Contains(head, "ttft<=51ms") {
		t.Errorf("80 columns: %q", head)
	}
}
