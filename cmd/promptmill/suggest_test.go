package main

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"convert", "validate", "bench", "report"}
	for in, want := range map[string]string{"convrt": "convert", "valdiate": "validate", "benhc": "bench", "xyzzy": "", "reports": "report"} {
		if got := nearest(in, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
