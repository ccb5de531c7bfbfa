package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// notInspected are the files of apache/parquet-testing of which no first row can be shown.
var notInspected = []string{
	"bad_data/ARROW-GH-41317.parquet",
	"bad_data/ARROW-GH-41321.parquet",
	"bad_data/ARROW-GH-45185.parquet",
	"bad_data/ARROW-GH-47662.parquet",
	"bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet",
	"bad_data/ARROW-RS-GH-6229-LEVELS.parquet",
	"bad_data/PARQUET-1481.parquet",
	"bad_data/lfs-pointer.parquet",
	"data/datapage_v1-corrupt-checksum.parquet",
	"data/large_string_map.brotli.parquet",
	"data/rle-dict-uncompressed-corrupt-checksum.parquet",
}

// Of files that others wrote, sound or broken, inspect shows what is in them or says in one line why it cannot; convert
// leaves a whole output or none.
func TestCorpus_inspectAndConvert(t *testing.T) {
	root := os.Getenv("PROMPTMILL_CORPUS")
	if root == "" {
		t.Skip("PROMPTMILL_CORPUS is not set: it names the folder of files that others wrote")
	}
	root = filepath.Join(root, "parquet-testing")
	var refused []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".parquet" {
			return err
		}
		path := filepath.Join(root, name)
		if code, said := runLocal(t, "inspect", path); code == exitInput && strings.Count(said, "\n") == 1 {
			refused = append(refused, name)
		} else if code != exitOK || said != "" {
			t.Errorf("inspect %s: exit code %d: %s", name, code, said)
		}
		out := t.TempDir()
		code, said := runLocal(t, "convert", path, "-o", filepath.Join(out, "prompts.txt"))
		left, err := os.ReadDir(out)
		whole := code == exitOK && len(left) == 2 // the prompts and the manifest
		if none := code == exitInput && len(left) == 0; !whole && !none {
			t.Errorf("convert %s: exit code %d, left %v: %s", name, code, left, said)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(notInspected, slices.Sorted(slices.Values(refused))); diff != "" {
		t.Errorf("files that inspect refuses (-want +got):\n%s", diff)
	}
}

func runLocal(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, testProcess("", &out, &errs))
	return code, errs.String()
}
