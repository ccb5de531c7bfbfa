//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Opening a named pipe waits for who writes to it, and cannot be interrupted. A file that is read from its end is none.
func TestNamedPipe_isRefused(t *testing.T) {
	s := &shop{dir: t.TempDir()}
	pipe := filepath.Join(s.dir, "pipe.parquet")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"inspect", pipe}, {"convert", pipe, "-o", "-"}, {"report", pipe}, {"validate", pipe},
		{"bench", pipe, "--target", "http://127.0.0.1:1"},
		{"push", pipe, "hf://datasets/org/name", "--dry-run"}, {"convert", "/dev/zero", "-o", "-"}, {"inspect", "/dev/zero"},
	} {
		code, _, stderr := s.run(t, args...)
		if code != exitInput || !strings.Contains(stderr, "not a regular file") {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
}
