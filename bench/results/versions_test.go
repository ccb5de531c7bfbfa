package results_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/bench/results"
)

// testdata/version1.parquet is records 0 to 19 of this package's tests as the writer of version 1 wrote them. What
// that version had no column for is empty, but for the model.
func TestOpen_version1(t *testing.T) {
	f, got := readAll(t, filepath.Join("testdata", "version1.parquet"))
	if f.Run.SchemaVersion != 1 || f.Partial {
		t.Errorf("version %d, partial %v", f.Run.SchemaVersion, f.Partial)
	}
	var want []results.Record
	for i := range 20 {
		r := *aRecord(i)
		r.Cooldown, r.Model, r.Target, r.Session, r.Turn, r.ErrorBody = false, "m", "", nil, nil, nil
		want = append(want, r)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// The body of an error is kept up to its limit, cut between characters or mended there.
func TestWriter_errorBody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	body := make([]rune, results.ErrorBodyLimit)
	for i := range body {
		body[i] = 'é'
	}
	long := "x" + string(body)
	if err := w.Write(&results.Record{ErrorBody: &long}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(aRun()); err != nil {
		t.Fatal(err)
	}
	_, got := readAll(t, path)
	want := long[:results.ErrorBodyLimit-1] + "\uFFFD"
	if *got[0].ErrorBody != want {
		t.Errorf("%d bytes that end in %q", len(*got[0].ErrorBody), (*got[0].ErrorBody)[len(*got[0].ErrorBody)-4:])
	}
}
