package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sizeUnits are what may follow a number of bytes, longest first.
var sizeUnits = []struct {
	suffix string
	bytes  float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}, {"", 1}}

// readSize reads "65536", "64MiB" or "1.5 GB" as a number of bytes, of which there is at least one.
func readSize(s string) (bytes float64, ok bool) {
	for _, u := range sizeUnits {
		if number, found := strings.CutSuffix(s, u.suffix); found {
			n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			n *= u.bytes
			return n, err == nil && n >= 1 && n < math.MaxInt64
		}
	}
	return 0, false
}

// parseSize reads a size that a slice can have.
func parseSize(name, s string) (int, error) {
	n, ok := readSize(s)
	if !ok || n > math.MaxInt32 {
		return 0, fmt.Errorf("%s %q: expected a size of less than 2GiB, such as 65536 or 64MiB", name, s)
	}
	return int(n), nil
}

// parseRate reads a size as bytes per second, with or without "/s"; "" is 0.
func parseRate(name, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, ok := readSize(strings.TrimSuffix(s, "/s"))
	if !ok {
		return 0, fmt.Errorf("--%s %q: expected bytes per second, such as 20MiB or 500kB", name, s)
	}
	return int64(n), nil
}

// byteSize writes a number of bytes as people read it.
func byteSize(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/(1<<10), 0
	for size >= 1000 && unit < 5 {
		size, unit = size/(1<<10), unit+1
	}
	return fmt.Sprintf("%.3g %ciB", size, "KMGTPE"[unit])
}
