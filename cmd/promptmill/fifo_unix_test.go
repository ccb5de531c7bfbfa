//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		checkPipe(t, s, args)
	}
}

// So does a file that says how a command works; one that the process has open already is read.
func TestNamedPipe_sideFiles(t *testing.T) {
	s := &shop{dir: t.TempDir()}
	pipe, prompts := filepath.Join(s.dir, "pipe"), filepath.Join(s.dir, "p.txt")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(prompts, []byte("one\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	bench := []string{"bench", prompts, "--target", "https://127.0.0.1:1", "--wait", "0", "-o", filepath.Join(s.dir, "r.parquet")}
	for _, flag := range []string{
		"trace", "scenario", "header-file", "api-key-file", "tokenizer", "schema", "body-template", "tools", "response-format", "ca-file", "client-cert",
	} {
		checkPipe(t, s, append(slices.Clone(bench), "--"+flag, pipe))
	}
	checkPipe(t, s, append(slices.Clone(bench), "--extra-body", "@"+pipe))
	checkPipe(t, s, []string{"--config-file", pipe, "validate", prompts})
	checkPipe(t, s, []string{"validate", prompts, "--input-format", "jsonl", "--schema", pipe})
	if err := syscall.Mkfifo(prompts+manifestSuffix, 0o600); err != nil {
		t.Fatal(err)
	}
	checkPipe(t, s, bench)
}

func checkPipe(t *testing.T, s *shop, args []string) {
	t.Helper()
	code, _, stderr := s.run(t, args...)
	if code != exitInput || !strings.Contains(stderr, "not a regular file") {
		t.Errorf("%v: exit code %d: %s", args, code, stderr)
	}
}

// What a shell has opened, as in <(command), is read.
func TestNamedPipe_open(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("[1]"); err != nil {
		t.Fatal(err)
	}
	_ = w.Close() // what was written stays to be read
	got, err := readFile(fmt.Sprintf("/dev/fd/%d", r.Fd()))
	if err != nil || string(got) != "[1]" {
		t.Errorf("%q, %v", got, err)
	}
}
