package results_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// fullPath makes the test binary a run whose disk is full after 64 KiB.
const fullPath = "PROMPTMILL_TEST_FULL"

func init() {
	if path := os.Getenv(fullPath); path != "" {
		fillDisk(path)
	}
}

// fillDisk exits with 0 when the writer fails as it should.
func fillDisk(path string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}
	err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
	w, err2 := results.Create(path, aRun())
	err = errors.Join(err, err2)
	for i := 0; err == nil; i++ {
		if err = w.Write(aRecord(i)); err == nil {
			err = w.Checkpoint()
		}
	}
	again, closing := w.Write(aRecord(0)), w.Close(aRun())
	fmt.Println(err, again, closing)
	for _, err := range []error{err, again, closing} {
		if !errors.Is(err, syscall.EFBIG) || !strings.HasPrefix(err.Error(), path+results.PartialSuffix+": ") {
			os.Exit(1)
		}
	}
	os.Exit(0)
}

// A full disk is an error of every call from then on; the partial file ends with the last whole checkpoint.
func TestWriter_fullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), fullPath+"="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, got := readAll(t, path)
	if len(got) == 0 || !f.Partial {
		t.Errorf("%d rows, partial %v", len(got), f.Partial)
	}
	openParquet(t, path+results.PartialSuffix) // nothing torn behind the footer
}
