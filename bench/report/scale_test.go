package report

import (
	"math"
	"testing"
)

// Whatever a file holds, a scale has a few ticks, all of them in the drawing.
func TestScale_ofAnything(t *testing.T) {
	values := []float64{0, 5e-324, 1e-300, 1e-9, 1, 20.1, 1e28, 1e299, 1.6e308, math.MaxFloat64, math.Inf(1), math.NaN(), -1}
	for _, lo := range values {
		for _, hi := range values {
			for name, s := range map[string]scale{"linear": linear(hi, 10, 90), "between": between(lo, hi, 10, 90)} {
				if len(s.ticks) == 0 || len(s.ticks) > 1300 {
					t.Errorf("%s from %v to %v: %d ticks", name, lo, hi, len(s.ticks))
				}
				for _, v := range append(s.ticks, lo, hi) {
					if at := s.at(v); !(at >= 10-1e-6 && at <= 90+1e-6) {
						t.Errorf("%s from %v to %v: %v is at %v", name, lo, hi, v, at)
					}
				}
			}
		}
	}
}
