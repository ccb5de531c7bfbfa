package bench_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench"
)

func TestConstantRate_isIndexOverRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.001, 1e6).Draw(t, "rate")
		i := 0
		var last time.Duration
		for due := range bench.ConstantRate(rate) {
			if want := float64(i) / rate * 1e9; math.Abs(float64(due)-want) > 1 {
				t.Fatalf("request %d at %v/s is due at %v, want %.0f ns", i, rate, due, want)
			}
			if due < last {
				t.Fatalf("request %d is due at %v, before the one at %v", i, due, last)
			}
			last = due
			if i++; i == 1000 {
				return
			}
		}
	})
}

func TestConstantRate_endsBeforeOverflow(t *testing.T) {
	n := 0
	for due := range bench.ConstantRate(1e-9) {
		if due < 0 {
			t.Fatalf("due at %v", due)
		}
		if n++; n > 100 {
			t.Fatal("a rate of one request in 31 years never ends")
		}
	}
}
