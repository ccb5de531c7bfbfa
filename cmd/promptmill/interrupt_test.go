package main

import (
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Two signals at once are one request to end: timeout(1) sends its own to the process and to its group. One that comes
// later is another.
func TestObey(t *testing.T) {
	for _, test := range []struct {
		after []time.Duration // the signal before
		want  []string
	}{
		{nil, nil},
		{[]time.Duration{0}, []string{"interrupt"}},
		{[]time.Duration{0, 0, sameSignal - 1}, []string{"interrupt"}},
		{[]time.Duration{time.Second, sameSignal}, []string{"interrupt", "kill"}},
		{[]time.Duration{0, 1, time.Minute}, []string{"interrupt", "kill"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			signals := make(chan os.Signal)
			go func() {
				for _, d := range test.after {
					time.Sleep(d)
					signals <- os.Interrupt
				}
				close(signals)
			}()
			var got []string
			obey(signals, func() { got = append(got, "interrupt") }, func() { got = append(got, "kill") })
			if !slices.Equal(got, test.want) {
				t.Errorf("signals after %v: %v, want %v", test.after, got, test.want)
			}
		})
	}
}
