package main

import (
	"runtime"
	"testing"
)

// The share of the CPU that the client used is a share of what it may use.
func TestDescribeHost_countsUsableCPUs(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU() + 1))
	if got, want := describeHost().CPUs, runtime.NumCPU()+1; got != want {
		t.Errorf("%d CPUs, want %d", got, want)
	}
}
