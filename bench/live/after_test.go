package live_test

import (
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/live"
)

func TestAfter(t *testing.T) {
	known := []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute}
	for _, test := range []struct {
		name        string
		index       int
		lengths     []time.Duration
		place, left string
	}{
		{"the only one", 0, known[:1], "", ""},
		{"the first", 0, known, " (1 of 3)", ", 5m10s in all"},
		{"the last", 2, known, " (3 of 3)", ""},
		{"one after it is not known", 0, []time.Duration{time.Minute, 0, time.Minute}, " (1 of 3)", ""},
		{"nothing is known", 4, nil, "", ""},
	} {
		a := live.AfterOf(test.index, test.lengths)
		if place, left := a.Place(), a.Left(10*time.Second); place != test.place || left != test.left {
			t.Errorf("%s: %q and %q, want %q and %q", test.name, place, left, test.place, test.left)
		}
	}
}
