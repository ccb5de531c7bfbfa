package hub_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// The listing in the cache is the text that Python's json.dump(indent=1) writes.
func TestDownload_treeFile(t *testing.T) {
	fsys := fstest.MapFS{
		"o/n/é😀<&>\u007f.txt": {Data: []byte("x")},
		"o/n/a.parquet":       {Data: []byte("one")},
	}
	srv, _ := start(t, fsys, hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	mustPull(t, c, hub.Ref{Repo: "o/n"})
	got, err := os.ReadFile(filepath.Join(dir, "datasets--o--n/trees", srv.Commit("o/n", "")+".json"))
	if err != nil {
		t.Fatal(err)
	}
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha("one") + "\nsize 3\n"
	want := `{
 "format_version": 1,
 "files": {
  "a.parquet": {
   "size": 3,
   "blob_id": "` + gitSHA1(pointer) + `",
   "lfs_sha256": "` + sha("one") + `",
   "lfs_size": 3
  },
  "\u00e9\ud83d\ude00<&>\u007f.txt": {
   "size": 1,
   "blob_id": "` + gitSHA1("x") + `"
  }
 }
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("tree file (-want +got):\n%s", diff)
	}
}

func TestDecodeTree_refuses(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{}`, `{"format_version":2,"files":{}}`, `{"format_version":1}`,
		`{"format_version":1,"files":{"a":{"blob_id":"` + strings.Repeat("a", 40) + `"}}}`,
		`{"format_version":1,"files":{"../a":{"size":1,"blob_id":"` + strings.Repeat("a", 40) + `"}}}`,
		`{"format_version":1,"files":{"a":{"size":1,"blob_id":"../../x"}}}`,
	} {
		if l, err := hub.DecodeTree([]byte(text)); err == nil {
			t.Errorf("%s: %v", text, l)
		}
	}
}

// Decoding what was encoded gives the same text again.
func FuzzDecodeTree(f *testing.F) {
	f.Add([]byte(`{"format_version":1,"files":{"é":{"size":1,"blob_id":"` + strings.Repeat("a", 40) + `"}}}`))
	f.Add([]byte(`{"format_version":1,"files":{"x":{"size":1,"blob_id":"` + strings.Repeat("a", 40) + `","lfs_sha256":"` + strings.Repeat("b", 64) + `","lfs_size":1}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := hub.DecodeTree(raw)
		if err != nil {
			return
		}
		text, err := hub.EncodeTree(l)
		if err != nil {
			t.Fatal(err)
		}
		again, err := hub.DecodeTree(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if text2, err := hub.EncodeTree(again); err != nil || !bytes.Equal(text, text2) {
			t.Errorf("%q became %q, %v", text, text2, err)
		}
	})
}
