package results_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/promptmill/promptmill/bench/results"
)

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "r.parquet")
		w, err := results.Create(path, aRun())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		want := []results.Record{}
		for range rapid.IntRange(0, 12).Draw(t, "records") {
			r := anyRecord(t)
			want = append(want, *r)
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 3).Draw(t, "checkpoint") == 0 {
				if err := w.Checkpoint(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Close(aRun()); err != nil {
			t.Fatal(err)
		}
		f, err := results.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		got, err := collect(f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(*aRun(), f.Run); diff != "" {
			t.Error(diff)
		}
	})
}

// Many checkpoints make many row groups, which merge on the way; none of it may show.
func TestWriter_manyCheckpoints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	var want []results.Record
	for i := range 80 {
		r := aRecord(i)
		want = append(want, *r)
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
		if err := w.Checkpoint(); err != nil {
			t.Fatal(err)
		}
		if i%37 == 0 {
			checkPartial(t, path, want)
		}
	}
	checkPartial(t, path, want)
	if err := w.Close(aRun()); err != nil {
		t.Fatal(err)
	}
	f, got := readAll(t, path)
	if f.Partial {
		t.Error("closed, yet partial")
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	onlyFile(t, path)
}

// Every footer describes every row group: a run of hours may not have many, however often it is brought into the file.
func TestWriter_fewRowGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	const checkpoints = 600
	for i := range checkpoints {
		if err := errors.Join(w.Write(aRecord(i)), w.Checkpoint()); err != nil {
			t.Fatal(err)
		}
	}
	f, got := readAll(t, path)
	for i := range got {
		if got[i].Sequence != aRecord(i).Sequence {
			t.Fatalf("row %d has sequence %d", i, got[i].Sequence)
		}
	}
	// Eight of a size become one: as many sizes as 600 has digits to the base of 8, of each at most eight.
	if n := openParquet(t, f.Name()).Metadata().RowGroups; len(got) != checkpoints || len(n) > 4*8 {
		t.Errorf("%d rows in %d row groups, want %d rows in at most 32", len(got), len(n), checkpoints)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
}

func checkPartial(t *testing.T, path string, want []results.Record) {
	t.Helper()
	f, got := readAll(t, path)
	if !f.Partial || f.Name() != path+results.PartialSuffix || f.NumRows() != int64(len(want)) {
		t.Errorf("partial %v, name %s, %d rows, want %d", f.Partial, f.Name(), f.NumRows(), len(want))
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatal(diff)
	}
	pf := openParquet(t, f.Name())
	for i, group := range pf.Metadata().RowGroups {
		for j, c := range group.Columns {
			if want := pf.Schema().Columns()[j]; !slices.Equal(c.MetaData.PathInSchema, want) {
				t.Fatalf("row group %d, column %d is called %q, want %q", i, j, c.MetaData.PathInSchema, want)
			}
		}
	}
}

func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("folder holds %v, want only %s", entries, filepath.Base(path))
	}
}

func TestWriter_checkpointIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "r.parquet")
		w, err := results.Create(path, aRun())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Abort()
		rows := func(want int64) {
			t.Helper()
			f, err := results.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if f.NumRows() != want {
				t.Errorf("%d rows in the file, want %d", f.NumRows(), want)
			}
		}
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		do(w.Write(aRecord(0)))
		rows(0)
		time.Sleep(999 * time.Millisecond) // of the bubble
		do(w.Tick())
		rows(0)
		time.Sleep(time.Millisecond)
		do(w.Tick())
		rows(1)
		for i := range 4999 {
			do(w.Write(aRecord(i)))
		}
		rows(1)
		do(w.Write(aRecord(4999)))
		rows(5001)
		time.Sleep(time.Second)
		do(w.Write(aRecord(1)))
		rows(5002)
		big := aRecord(1)
		big.ResponseText = new(string(make([]byte, 17<<20)))
		do(w.Write(big))
		rows(5003)
	})
}

func TestWriter_Update(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, &results.Run{ID: "r-1"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	if f, _ := readAll(t, path); f.Run.ID != "r-1" || f.Run.SchemaVersion != results.SchemaVersion {
		t.Errorf("first footer: %+v", f.Run)
	}
	if err := w.Update(aRun()); err != nil {
		t.Fatal(err)
	}
	if err := w.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	f, _ := readAll(t, path)
	want := *aRun()
	want.Stopped = results.StoppedUnclosed
	if diff := cmp.Diff(want, f.Run); diff != "" {
		t.Error(diff)
	}
}

func TestCreate_refusesPartial(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := results.Create(path, aRun()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second Create: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Errorf("Abort left %v", entries)
	}
	if err := w.Write(aRecord(0)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Write after Abort: %v", err)
	}
}

func TestCreate_badManifest(t *testing.T) {
	run := aRun()
	run.Manifest = []byte("{")
	path := filepath.Join(t.TempDir(), "r.parquet")
	if _, err := results.Create(path, run); err == nil {
		t.Error("no error")
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Errorf("Create left %v", entries)
	}
}

// A result that is there stays until the new one is whole.
func TestWriter_replaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	write(t, path, 3)
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	if _, got := readAll(t, path); len(got) != 3 {
		t.Errorf("%d rows while the next run lasts", len(got))
	}
	if err := w.Close(aRun()); err != nil {
		t.Fatal(err)
	}
	if _, got := readAll(t, path); len(got) != 0 {
		t.Errorf("%d rows after it", len(got))
	}
	if err := w.Close(aRun()); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Errorf("Abort after Close: %v", err)
	}
	onlyFile(t, path)
}

// Close keeps the partial file, with everything in it, where the final one cannot be made.
func TestWriter_Close_keepsPartial(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(aRecord(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(aRun()); err == nil {
		t.Fatal("no error")
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if _, got := readAll(t, path+results.PartialSuffix); len(got) != 1 {
		t.Errorf("%d rows kept, want 1", len(got))
	}
}

func TestWriter_invalidText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	r := aRecord(0)
	r.ErrorMessage, r.ResponseText = "a\xffb", new("c\xc3")
	if err := errors.Join(w.Write(r), w.Close(aRun())); err != nil {
		t.Fatal(err)
	}
	_, got := readAll(t, path)
	if got[0].ErrorMessage != "a\uFFFDb" || *got[0].ResponseText != "c\uFFFD" {
		t.Errorf("%q %q", got[0].ErrorMessage, *got[0].ResponseText)
	}
	if *r.ResponseText != "c\xc3" {
		t.Error("Write changed the caller's record")
	}
}
