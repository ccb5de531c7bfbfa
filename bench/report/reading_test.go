package report

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

func TestReading_ofAnswersWithoutOutput(t *testing.T) {
	b := metrics.Benchmark{Counts: metrics.Counts{Total: 5, OK: 5, ZeroToken: 5}}
	if got, want := reading(&b), "No answer had any output."; got != want {
		t.Errorf("reading = %q, want %q", got, want)
	}
}

// The rates of a sweep are computed: no format may show all their digits.
func TestAskedRate_isRounded(t *testing.T) {
	s := summaryOf(healthy(0, "synchronous", "synchronous", 700, 0.05, 0.01, 1),
		constant(healthy(1, "constant", "constant 33.667/s", 700, 0.05, 0.01, 1), 101.0/3))
	for format := range formats {
		if format == "json" {
			continue
		}
		text := shownAs(t, format, s)
		if !strings.Contains(text, "33.667") {
			t.Errorf("%s: no 33.667", format)
		}
		if strings.Contains(strings.ReplaceAll(text, `data-sort="33.666666666666664"`, ""), "33.6666") {
			t.Errorf("%s: the rate has all its digits", format)
		}
	}
}
