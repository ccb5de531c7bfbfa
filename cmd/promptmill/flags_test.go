package main

import (
	"testing"
	"time"
)

func TestParseSeconds(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, "0.5": time.Second / 2, "2m": 2 * time.Minute, "1e9": 1e9 * time.Second,
	} {
		if got, err := parseSeconds("--flag", in); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"-1", "-1s", "nan", "inf", "1e10", "1e300", "9999999h", "soon"} {
		if got, err := parseSeconds("--flag", in); err == nil {
			t.Errorf("%q: %v, want an error", in, got)
		}
	}
}
