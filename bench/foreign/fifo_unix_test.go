//go:build unix

package foreign_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/promptmill/promptmill/bench/foreign"
)

// A named pipe where AIPerf has its requests is not waited for.
func TestOpen_pipeBeside(t *testing.T) {
	summary, err := os.ReadFile("testdata/aiperf/profile_export_aiperf.json")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "profile_export_aiperf.json")
	if err := os.WriteFile(path, summary, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(filepath.Dir(path), "profile_export.jsonl"), 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	r, err := foreign.Open(path)
	if err != nil || r.Benchmarks[0].Requests != nil {
		t.Errorf("%+v, %v; want the figures of the summary", r, err)
	}
}
