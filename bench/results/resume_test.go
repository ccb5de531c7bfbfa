package results_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/results"
)

// leave writes n records to path: closed, or left behind as a run that is killed leaves them.
func leave(t *testing.T, path string, n int, closed bool) {
	t.Helper()
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Write(aRecord(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AddServerSample(&results.ServerSample{Target: "t", Server: "vllm", AtNS: 5, Values: []results.ServerValue{{Name: "running", Raw: "r", Value: 2}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	if closed {
		err = w.Close(aRun())
	} else {
		// Aborting gives the file back, and a second name keeps it.
		kept := path + ".kept"
		err = errors.Join(os.Link(path+results.PartialSuffix, kept), w.Abort(), os.Rename(kept, path+results.PartialSuffix))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What is left goes on under the same name with the records that are kept; the others stay in a file of their own.
func TestContinue(t *testing.T) {
	for name, closed := range map[string]bool{"closed": true, "partial": false} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "r.parquet")
			leave(t, path, 30, closed)
			old, err := results.Resumable(path)
			if err != nil {
				t.Fatal(err)
			}
			defer old.Close()
			if _, err := results.Resumable(path); !errors.Is(err, results.ErrInUse) {
				t.Errorf("opened twice: %v", err)
			}
			w, aside, err := results.Continue(path, old, aRun(), func(r *results.Record) bool { return r.Sequence < 20 })
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a reader finds the old file: %v", err)
			}
			if _, got := readAll(t, path); len(got) != 20 {
				t.Errorf("%d records before anything new came, want 20", len(got))
			}
			if err := errors.Join(w.Write(aRecord(20)), w.Close(aRun())); err != nil {
				t.Fatal(err)
			}
			f, got := readAll(t, path)
			for i := range got {
				if diff := cmp.Diff(*aRecord(i), got[i], cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("row %d: %s", i, diff)
				}
			}
			if len(got) != 21 || f.Partial || len(f.Run.ServerMetrics) != 1 {
				t.Errorf("%d records, partial %v, metrics %v", len(got), f.Partial, f.Run.ServerMetrics)
			}
			if _, all := readAll(t, aside); len(all) != 30 {
				t.Errorf("%d records were set aside, want all 30", len(all))
			}
		})
	}
}

// Under another name the old file stays as it is, and a second attempt finds the remains of the first.
func TestContinue_elsewhere(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "r.parquet"), filepath.Join(dir, "o.parquet")
	leave(t, path, 10, false)
	if err := os.WriteFile(path+".partial.resuming", []byte("of an attempt that was killed"), 0o666); err != nil {
		t.Fatal(err)
	}
	all := func(*results.Record) bool { return true }
	for _, to := range []string{out, path} {
		old, err := results.Resumable(path)
		if err != nil {
			t.Fatal(err)
		}
		w, aside, err := results.Continue(to, old, aRun(), all)
		if err != nil || aside != "" {
			t.Fatalf("%s: aside %q, %v", to, aside, err)
		}
		if err := errors.Join(w.Close(aRun()), old.Close()); err != nil {
			t.Fatal(err)
		}
		if _, got := readAll(t, to); len(got) != 10 {
			t.Errorf("%s: %d records, want 10", to, len(got))
		}
	}
}

func TestResumable_inUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if _, err := results.Resumable(path); !errors.Is(err, results.ErrInUse) {
		t.Errorf("a file that is being written: %v", err)
	}
}

// A folder that cannot be synced is an error, but none that costs what was measured: it stays under the name of the partial
// file, where nobody else has it.
func TestContinue_unsyncedFolder(t *testing.T) {
	for name, closed := range map[string]bool{"closed": true, "partial": false} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "r.parquet")
			leave(t, path, 30, closed)
			old, err := results.Resumable(path)
			if err != nil {
				t.Fatal(err)
			}
			defer old.Close()
			if err := os.Chmod(dir, 0o300); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Chmod(dir, 0o700) }() // for its removal
			if d, err := os.Open(dir); err == nil {
				t.Skip("this user may read any folder, and so sync it: ", d.Close())
			}
			if _, _, err := results.Continue(path, old, aRun(), func(*results.Record) bool { return true }); !errors.Is(err, fs.ErrPermission) {
				t.Fatalf("continued: %v", err)
			}
			left, err := results.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer left.Close()
			if left.NumRows() != 30 || left.Name() != path+results.PartialSuffix {
				t.Errorf("%d records are left, in %s", left.NumRows(), left.Name())
			}
		})
	}
}
