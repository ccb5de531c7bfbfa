package results_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/bench/results"
)

// Damage in the pages is an error that names the file, the kind and the row group, after the good rows.
func TestRecords_corrupt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	write(t, path, 500)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := openParquet(t, path).Metadata().RowGroups[0].Columns[12].MetaData.DataPageOffset
	for i := range 100 {
		b[int(at)+i] ^= 0x55
	}
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = collect(f)
	if !errors.Is(err, results.ErrCorrupt) || !strings.Contains(err.Error(), path+": ") || !strings.Contains(err.Error(), "row group 0") {
		t.Errorf("got %v", err)
	}
}

// FuzzOpen: whatever the bytes, Open and Records end without a panic, with rows or with one of the documented errors.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	path := filepath.Join(dir, "seed.parquet")
	write(f, path, 3)
	closed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	w, err := results.Create(path, aRun())
	if err != nil {
		f.Fatal(err)
	}
	for i := range 2 {
		if err := errors.Join(w.Write(aRecord(i)), w.Checkpoint()); err != nil {
			f.Fatal(err)
		}
	}
	partial, err := os.ReadFile(path + results.PartialSuffix)
	if err := errors.Join(err, w.Abort()); err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{closed, partial, []byte(foreignParquet(f)), []byte("PAR1PAR1")} {
		f.Add(b, uint32(0), byte(0), uint32(0), byte(0))
		f.Add(b, uint32(100), byte(1), uint32(len(b)-20), byte(255))
	}
	f.Fuzz(func(t *testing.T, b []byte, at1 uint32, x1 byte, at2 uint32, x2 byte) {
		b = bytes.Clone(b)
		if len(b) > 0 { // aimed at valid files, whose bytes the engine alone rarely changes singly
			b[at1%uint32(len(b))] ^= x1
			b[at2%uint32(len(b))] ^= x2
		}
		path := filepath.Join(t.TempDir(), "f.parquet")
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		file, err := results.Open(path)
		if err == nil {
			defer file.Close()
			var recs []results.Record
			recs, err = collect(file)
			if err == nil && int64(len(recs)) != file.NumRows() {
				t.Errorf("%d records, NumRows says %d", len(recs), file.NumRows())
			}
		}
		if err != nil && !errors.Is(err, results.ErrCorrupt) && !errors.Is(err, results.ErrNotResults) && !errors.Is(err, results.ErrNewer) {
			t.Errorf("undocumented error: %v", err)
		}
	})
}

// A flipped bit anywhere is either told or, in bytes that nothing reads, without effect.
func TestFlippedBits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.parquet")
	write(t, path, 5)
	_, want := readAll(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := filepath.Join(dir, "flipped.parquet")
	told := 0
	for i := 0; i < len(whole); i += 29 {
		b := bytes.Clone(whole)
		b[i] ^= 1 << (i % 8)
		if err := os.WriteFile(flipped, b, 0o666); err != nil {
			t.Fatal(err)
		}
		f, err := results.Open(flipped)
		if err != nil {
			told++
			continue
		}
		got, err := collect(f)
		f.Close()
		if err != nil {
			told++
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("byte %d: %s", i, diff)
		}
	}
	if told == 0 {
		t.Error("no flip was told")
	}
}
