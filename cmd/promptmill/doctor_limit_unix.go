//go:build unix

package main

import "golang.org/x/sys/unix"

// openFileLimit returns how many files this process may have open, and how many it may ask for.
func openFileLimit() (now, most int64, ok bool) {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return 0, 0, false
	}
	return clampLimit(uint64(l.Cur)), clampLimit(uint64(l.Max)), true //nolint:unconvert // signed on FreeBSD
}

// clampLimit makes "no limit" a large number.
func clampLimit(n uint64) int64 { return int64(min(n, 1<<40)) }
