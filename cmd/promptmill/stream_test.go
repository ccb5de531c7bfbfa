package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadFile_refuses(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, make([]byte, maxSideFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		large:                     "larger than 16 MiB",
		t.TempDir():               "this is a directory",
		filepath.Join(large, "x"): "not a directory",
	} {
		_, err := readFile(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || exitCode(err) != exitInput {
			t.Errorf("%s: error %v, exit code %d; want %q", path, err, exitCode(err), want)
		}
	}
}

// The code of a file that cannot be read stays, whatever it is read for.
func TestWithCode_innermost(t *testing.T) {
	_, err := readFile(filepath.Join(t.TempDir(), "nowhere"))
	if got := exitCode(withCode(exitUsage, err)); got != exitInput {
		t.Errorf("exit code %d, want %d", got, exitInput)
	}
}
