package dataset_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset"
)

// corpus returns the folder of real files that others wrote.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PROMPTMILL_CORPUS")
	if dir == "" {
		t.Skip("PROMPTMILL_CORPUS is not set: it names the folder of files that others wrote")
	}
	return dir
}

// refused are the files of the corpus outside of bad_data that must give an error.
var refused = map[string]struct {
	is   error
	text string
}{
	"datapage_v1-corrupt-checksum.parquet":           {dataset.ErrCorrupt, "checksum mismatch"},
	"rle-dict-uncompressed-corrupt-checksum.parquet": {dataset.ErrCorrupt, "checksum mismatch"},
	"large_string_map.brotli.parquet":                {dataset.ErrUnreadable, "the limit is 512 MiB"},
}

// notByArrow are the files, or columns of files, that the second reader cannot vouch for, and why.
// The test fails when one of them agrees after all. pyarrow 26 agrees with this package on all of
// them that it can read.
var notByArrow = map[string]string{
	"byte_stream_split.zstd.parquet/f32":                                streams,
	"byte_stream_split.zstd.parquet/f64":                                streams,
	"byte_stream_split_extended.gzip.parquet/float16_byte_stream_split": streams,
	"byte_stream_split_extended.gzip.parquet/float_byte_stream_split":   streams,
	"byte_stream_split_extended.gzip.parquet/double_byte_stream_split":  streams,
	"byte_stream_split_extended.gzip.parquet/int32_byte_stream_split":   streams,
	"byte_stream_split_extended.gzip.parquet/int64_byte_stream_split":   streams,
	"byte_stream_split_extended.gzip.parquet/flba5_byte_stream_split":   streams,
	"byte_stream_split_extended.gzip.parquet/decimal_byte_stream_split": streams,
	"crs-arbitrary-value.parquet":                                       logical,
	"crs-default.parquet":                                               logical,
	"crs-geography.parquet":                                             logical,
	"crs-projjson.parquet":                                              logical,
	"crs-srid.parquet":                                                  logical,
	"geography-lines.parquet":                                           logical,
	"geography-points.parquet":                                          logical,
	"geography-polygons.parquet":                                        logical,
	"geospatial-with-nan.parquet":                                       logical,
	"geospatial.parquet":                                                logical,
	"unknown-logical-type.parquet":                                      logical,
	"hadoop_lz4_compressed.parquet/c0":                                  lz4,
	"hadoop_lz4_compressed.parquet/c1":                                  lz4,
	"hadoop_lz4_compressed.parquet/v11":                                 lz4,
	"lz4_raw_compressed.parquet/c0":                                     lz4,
	"lz4_raw_compressed.parquet/c1":                                     lz4,
	"lz4_raw_compressed.parquet/v11":                                    lz4,
	"non_hadoop_lz4_compressed.parquet/c0":                              lz4,
	"non_hadoop_lz4_compressed.parquet/c1":                              lz4,
	"non_hadoop_lz4_compressed.parquet/v11":                             lz4,
	"hadoop_lz4_compressed_larger.parquet/a":                            lz4,
	"lz4_raw_compressed_larger.parquet/a":                               lz4,
	"datapage_v2_empty_datapage.snappy.parquet/value":                   "arrow v17 panics: it decompresses nothing as snappy",
	"incorrect_map_schema.parquet":                                      "arrow v17 refuses maps whose keys are optional",
	"int96_from_spark.parquet/a":                                        "arrow v17 wraps years beyond 2262, which nanoseconds in 64 bits do not reach",
	"old_list_structure.parquet/a":                                      "arrow v17 takes the repeated group of a list of lists for a struct",
}

const (
	streams = "arrow v17 does not know BYTE_STREAM_SPLIT and returns no rows, without an error"
	logical = "arrow v17 panics on logical types that it does not know"
	lz4     = "arrow v17 has no LZ4"
)

// Every cell of every file is what arrow's own reader says it is.
func TestCorpus_agreesWithArrow(t *testing.T) {
	for _, path := range parquetFiles(t, corpus(t), "bad_data") {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			f, err := dataset.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := readAll(t, f, nil)
			if want, ok := refused[name]; ok {
				if !errors.Is(err, want.is) || !strings.Contains(err.Error(), want.text) {
					t.Fatalf("error %v, want %v with %q", err, want.is, want.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			compareWithArrow(t, path, f, got)
		})
	}
}

func compareWithArrow(t *testing.T, path string, f *dataset.File, got map[string][]any) {
	t.Helper()
	name := filepath.Base(path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := arrowColumns(t.Context(), data)
	if reason, listed := notByArrow[name]; listed || err != nil {
		if !listed || err == nil {
			t.Errorf("pqarrow: error %v, listed for %q", err, reason)
		}
		return
	}
	for _, c := range columns {
		diff := cmp.Diff(c.values, got[c.name], cmp.AllowUnexported(entry{}))
		if reason, listed := notByArrow[name+"/"+c.name]; listed {
			if diff == "" {
				t.Errorf("column %s agrees with pqarrow, but is listed for %q", c.name, reason)
			}
			continue
		}
		if c.err != nil {
			t.Errorf("column %s: pqarrow: %v", c.name, c.err)
		} else if diff != "" {
			t.Errorf("column %s (-pqarrow +dataset):\n%.2000s", c.name, diff)
		}
	}
	if got, want := len(f.Schema().Fields), len(columns); got != want {
		t.Errorf("%d columns, pqarrow has %d", got, want)
	}
}

// parquetFiles returns the parquet files below dir, without those in folders called skip.
func parquetFiles(t *testing.T, dir, skip string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == skip {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".parquet") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("no parquet files in %s", dir)
	}
	slices.Sort(paths)
	return paths
}
