package report

import (
	"math"
	"testing"

	"github.com/promptmill/promptmill/bench/metrics"
)

func TestDuration(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0 s", 1.0449: "1.04 s", 0.0501: "50.1 ms", 0.9996: "1.00 s", 0.0009999: "1.00 ms", 12.34e-6: "12.3 µs", 9.999e-7: "1.00 µs",
		5e-7: "500 ns", 99.95: "100 s", 119.6: "120 s", 999: "999 s", 1234: "20.5 min", 7200: "2.00 h", 1e6: "278 h", -0.02: "-20.0 ms",
		math.NaN(): none, math.Inf(1): none,
	} {
		if got := duration(in); got != want {
			t.Errorf("duration(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0", 0.96149: "0.961", 9.999: "10.0", 96.14: "96.1", 999.4: "999", 999.6: "1,000", 1340.4: "1,340", 1234567.8: "1,234,568",
		-1234.5: "-1,234", 1e-9: "0", 0.00123: "0.00123", 1e300: "1e+300", math.NaN(): none, math.Inf(-1): none,
	} {
		if got := number(in); got != want {
			t.Errorf("number(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestPercentAndSize(t *testing.T) {
	for got, want := range map[string]string{
		percent(0.0685): "6.9 %", percent(1): "100 %", percent(0): "0 %", percent(math.NaN()): none,
		percent(0.0004): "<0.1 %", percent(0.0005): "0.1 %", percent(0.9994): "99.9 %", percent(0.9996): ">99.9 %",
		size(0): "0 B", size(1536): "1.50 KiB", size(32 << 30): "32.0 GiB",
		integer(1319): "1,319", integer(-1000000): "-1,000,000", integer(7): "7", exact(8.5): "8.5", exact(4): "4",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPercentile_marksWhatIsNotCertified(t *testing.T) {
	d := metrics.Dist{Count: 100, P50: 1, P99: 2, Certified: 90}
	if got := p50(d) + ", " + p99(d); got != "1.00 s, ~2.00 s" {
		t.Errorf("p50, p99 = %s", got)
	}
	if got := p50(metrics.Dist{}); got != none {
		t.Errorf("p50 of nothing = %q", got)
	}
}
