package results_test

import (
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/bench/results"
)

// Lists that end anywhere in a page survive being merged and compacted, checkpoint after checkpoint.
func TestWriter_longListsAcrossPages(t *testing.T) {
	const rows, every = 4000, 37
	path := filepath.Join(t.TempDir(), "r.parquet")
	run := &results.Run{SchemaVersion: results.SchemaVersion}
	w, err := results.Create(path, run)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(rows) {
		rec := results.Record{Sequence: i}
		for k := range 60 + i%97 {
			rec.ChunkNS = append(rec.ChunkNS, i*1_000_003+k*10_000_000+(i*k*7919)%1_000_003)
		}
		if err := w.Write(&rec); err != nil {
			t.Fatal(err)
		}
		if i%every == 0 {
			if err := w.Checkpoint(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(run); err != nil {
		t.Fatal(err)
	}
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := int64(0)
	for rec, err := range f.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if want := 60 + n%97; rec.Sequence != n || int64(len(rec.ChunkNS)) != want || rec.ChunkNS[want-1] != n*1_000_003+(want-1)*10_000_000+(n*(want-1)*7919)%1_000_003 {
			t.Fatalf("row %d: sequence %d with %d chunks, want %d", n, rec.Sequence, len(rec.ChunkNS), want)
		}
		n++
	}
	if n != rows {
		t.Errorf("%d rows, want %d", n, rows)
	}
}
