package results_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/bench/results"
)

// foreignParquet is a parquet file that has nothing to do with promptmill.
func foreignParquet(t testing.TB, kv ...string) string {
	t.Helper()
	type row struct{ A int64 }
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	for i := 0; i+1 < len(kv); i += 2 {
		w.SetKeyValueMetadata(kv[i], kv[i+1])
	}
	if _, err := w.Write([]row{{1}, {2}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOpen_refuses(t *testing.T) {
	const version, run = "promptmill.schema_version", "promptmill.run"
	for name, tt := range map[string]struct {
		content string
		want    error
		says    string
	}{
		"empty":          {"", results.ErrNotResults, "empty"},
		"text":           {"hello", results.ErrNotResults, "no parquet"},
		"short":          {"PA", results.ErrNotResults, "no parquet"},
		"only magic":     {"PAR1", results.ErrCorrupt, "4 bytes"},
		"two magics":     {"PAR1PAR1", results.ErrCorrupt, ""},
		"huge footer":    {"PAR1\x15\x02\x19\xff\xff\xff\x7fPAR1", results.ErrCorrupt, ""},
		"foreign":        {foreignParquet(t), results.ErrNotResults, version},
		"newer":          {foreignParquet(t, version, "3", run, "{}"), results.ErrNewer, "schema version 3, this one reads up to 2"},
		"version zero":   {foreignParquet(t, version, "0", run, "{}"), results.ErrCorrupt, `"0"`},
		"version text":   {foreignParquet(t, version, "one", run, "{}"), results.ErrCorrupt, `"one"`},
		"no checksum":    {foreignParquet(t, version, "1", run, "{}"), results.ErrCorrupt, "no checksum"},
		"wrong checksum": {foreignParquet(t, version, "1", "promptmill.footer_crc32c", "12345678"), results.ErrCorrupt, "checksum of its footer is wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "r.parquet")
			if err := os.WriteFile(path, []byte(tt.content), 0o666); err != nil {
				t.Fatal(err)
			}
			_, err := results.Open(path)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %q lacks the path or %q", err, tt.says)
			}
		})
	}
}

func TestOpen_missing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	_, err := results.Open(path)
	if !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), results.PartialSuffix) {
		t.Error(err)
	}
	if _, err := results.Open(filepath.Dir(path)); !errors.Is(err, results.ErrNotResults) {
		t.Errorf("a folder: %v", err)
	}
}

// The closed file is one row group with what other readers want.
func TestClosedFile_shape(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	write(t, path, 6000) // two checkpoints
	pf := openParquet(t, path)
	if n := len(pf.RowGroups()); n != 1 {
		t.Errorf("%d row groups", n)
	}
	for i, c := range pf.Metadata().RowGroups[0].Columns {
		if c.ColumnIndexOffset == 0 || c.OffsetIndexOffset == 0 || c.MetaData.Codec.String() != "ZSTD" {
			t.Errorf("column %d: column index at %d, offset index at %d, codec %v", i, c.ColumnIndexOffset, c.OffsetIndexOffset, c.MetaData.Codec)
		}
	}
	kv := map[string]string{}
	for _, p := range pf.Metadata().KeyValueMetadata {
		kv[p.Key] = p.Value
	}
	if kv["promptmill.schema_version"] != "2" || kv["promptmill.manifest"] != string(aRun().Manifest) {
		t.Errorf("version %q, manifest %q", kv["promptmill.schema_version"], kv["promptmill.manifest"])
	}
	if _, ok := kv["promptmill.checkpoint"]; ok {
		t.Error("closed, yet marked as a checkpoint")
	}
	var run results.Run
	if err := json.Unmarshal([]byte(kv["promptmill.run"]), &run); err != nil || run.Manifest != nil || run.ID != "r-1" {
		t.Errorf("run %+v, %v", run, err)
	}
	checkFeatures(t, kv["huggingface"])
}

// checkFeatures compares the features with the columns.
func checkFeatures(t *testing.T, text string) {
	t.Helper()
	type feature struct {
		DType   string   `json:"dtype"`
		Type    string   `json:"_type"`
		Feature *feature `json:"feature"`
	}
	var got struct {
		Info struct{ Features map[string]feature }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for name, f := range got.Info.Features {
		types[name] = f.DType
		if f.Feature != nil {
			types[name] = "list<" + f.Feature.DType + ">"
		}
	}
	want := map[string]string{}
	for _, c := range results.Columns() {
		want[c.Name] = c.Type
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(text, `{"info": {"features": {"run": {"dtype": "string", "_type": "Value"}, "benchmark":`) {
		t.Errorf("features are not in the order of the columns: %.100s", text)
	}
}

// Provisional footers say how many nulls a column has, as readers skip row groups by it.
func TestPartialFile_nulls(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	w, err := results.Create(path, aRun())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	want := map[string]int64{}
	for i := range 20 { // merged groups and fresh ones
		r := aRecord(i)
		if r.ErrorKind == "" {
			want["error_kind"]++
		}
		if r.SourceRow == nil {
			want["source_row"]++
		}
		if err := errors.Join(w.Write(r), w.Checkpoint()); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]int64{}
	pf := openParquet(t, path+results.PartialSuffix)
	for _, group := range pf.Metadata().RowGroups {
		for _, c := range group.Columns {
			if name := c.MetaData.PathInSchema[0]; want[name] > 0 {
				got[name] += c.MetaData.Statistics.NullCount
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(pf.RowGroups()); n >= 20 {
		t.Errorf("%d row groups of 20 checkpoints: nothing was merged", n)
	}
}

func openParquet(t *testing.T, path string) *parquet.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pf, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return pf
}

func TestRecords_stop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	write(t, path, 500)
	f, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 2 { // twice over the same file
		n := 0
		for _, err := range f.Records() {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 200 {
				break
			}
		}
		if n != 200 {
			t.Errorf("%d records", n)
		}
	}
}
