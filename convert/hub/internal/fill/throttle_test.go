package fill_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/fill"
)

// TestThrottle runs the throttle against links that are described by what one connection and all together carry.
func TestThrottle(t *testing.T) {
	tests := []struct {
		name       string
		one, all   float64 // MB/s
		start, max int
		low, high  int // where it has to settle
	}{
		{"each connection is capped", 10, 1e9, 2, 16, 16, 16},
		{"one connection fills the link", 10, 10, 2, 16, 1, 4},
		{"eight fill the link", 10, 80, 2, 16, 8, 8},
		{"this machine is the limit", 700, 1400, 2, 16, 2, 2},
		{"the user wants one", 10, 1e9, 1, 1, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, step := tt.start, fill.NewThrottle(tt.start, tt.max).Step
			for range 30 {
				n = step(min(float64(n)*tt.one, tt.all)*1e6, true, false)
			}
			if n < tt.low || n > tt.high {
				t.Errorf("settled at %d connections, want %d to %d", n, tt.low, tt.high)
			}
		})
	}
}

func TestThrottle_refusals(t *testing.T) {
	step := fill.NewThrottle(8, 16).Step
	for _, want := range []int{4, 2, 1, 1} {
		if n := step(0, true, true); n != want {
			t.Errorf("after a refusal: %d connections, want %d", n, want)
		}
	}
	for range 10 {
		if n := step(10, true, false); n != 1 {
			t.Fatalf("%d connections soon after refusals, want 1", n)
		}
	}
	n := 1
	for range 200 {
		n = step(10*float64(n), true, false)
	}
	if n != 16 {
		t.Errorf("%d connections when all is well again, want 16", n)
	}
}

func TestThrottle_idle(t *testing.T) {
	step := fill.NewThrottle(4, 16).Step
	for range 50 {
		if n := step(1, false, false); n != 4 {
			t.Fatalf("%d connections with nothing to do, want 4", n)
		}
	}
}
