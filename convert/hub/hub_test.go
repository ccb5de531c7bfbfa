package hub_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Contents of the dataset that most tests use. The client does not look inside files, so they need not be parquet.
var (
	trainBytes = strings.Repeat("train data ", 60_000) // larger than one read
	testBytes  = "PAR1 test PAR1"
)

const card = `---
configs:
- config_name: main
  data_files:
  - split: train
    path: main/train-*
  - split: test
    path: main/test-*
- config_name: socratic
  data_files:
  - split: train
    path: socratic/train-*
---
# Arithmetic
`

// dataset returns org/sums: two configs, a name with a space and one that is not ASCII, and a second revision.
func dataset() fstest.MapFS {
	return fstest.MapFS{
		"org/sums/README.md":                                                   {Data: []byte(card)},
		"org/sums/.gitattributes":                                              {Data: []byte("*.parquet filter=lfs\n")},
		"org/sums/main/train-00000-of-00001.parquet":                           {Data: []byte(trainBytes)},
		"org/sums/main/test-00000-of-00001.parquet":                            {Data: []byte(testBytes)},
		"org/sums/socratic/train-00000-of-00002.parquet":                       {Data: []byte("one")},
		"org/sums/socratic/train-00001-of-00002 é😀#.parquet":                   {Data: []byte("two")},
		"org/sums@refs%2Fconvert%2Fparquet/default/partial-train/0000.parquet": {Data: []byte("exported")},
		"org/sums@v1.0/data/train-00000-of-00001.parquet":                      {Data: []byte("first version")},
	}
}

// seen records the requests that a double got.
type seen struct {
	mu   sync.Mutex
	list []request
}

type request struct {
	Route               hubtest.Route
	Host, Path, Range   string
	Authorization       string
	Encoding, UserAgent string
}

func (s *seen) observe(route hubtest.Route, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, request{route, r.Host, r.URL.Path, r.Header.Get("Range"), r.Header.Get("Authorization"), r.Header.Get("Accept-Encoding"), r.UserAgent()})
}

// take returns what was recorded since the last call.
func (s *seen) take() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.list
	s.list = nil
	return out
}

func start(t *testing.T, fsys fs.FS, opts hubtest.Options) (*hubtest.Server, *seen) {
	t.Helper()
	var log seen
	opts.Observe = log.observe
	srv, err := hubtest.Start(fsys, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv, &log
}

// client returns a client of srv that does not wait between tries and keeps its cache in dir; naps is what it would
// have waited.
func client(t *testing.T, srv *hubtest.Server, dir string, change func(*hub.Config)) (c *hub.Client, naps *[]time.Duration) {
	t.Helper()
	cfg := hub.Config{Endpoint: srv.URL, CacheDir: dir, Jobs: 1, Logf: t.Logf}
	if change != nil {
		change(&cfg)
	}
	c, err := hub.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdle)
	naps = new([]time.Duration)
	c.SetSleep(func(ctx context.Context, d time.Duration) error {
		*naps = append(*naps, d)
		return ctx.Err()
	})
	return c, naps
}

// pull resolves and downloads.
func pull(t *testing.T, c *hub.Client, ref hub.Ref) (*hub.Dataset, []hub.LocalFile, error) {
	t.Helper()
	d, err := c.Resolve(t.Context(), ref)
	if err != nil {
		return nil, nil, err
	}
	files, err := c.Download(t.Context(), d)
	return d, files, err
}

func mustPull(t *testing.T, c *hub.Client, ref hub.Ref) (*hub.Dataset, []hub.LocalFile) {
	t.Helper()
	d, files, err := pull(t, c, ref)
	if err != nil {
		t.Fatal(err)
	}
	return d, files
}

// tree lists everything below dir: mode, and size or target.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		fi, err := e.Info()
		if err != nil {
			return err
		}
		if fi.Mode()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(p)
			out = append(out, rel+" -> "+to)
			return err
		}
		out = append(out, fmt.Sprintf("%s %v %d", rel, fi.Mode(), fi.Size()))
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestDownload_cacheLayout(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := filepath.Join(t.TempDir(), "hub")
	c, _ := client(t, srv, dir, nil)
	d, files := mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "socratic"})

	commit := srv.Commit("org/sums", "main")
	base := filepath.Join(dir, "datasets--org--sums")
	snapshot := filepath.Join(base, "snapshots", commit)
	want := []hub.LocalFile{
		{Path: filepath.Join(snapshot, "socratic/train-00000-of-00002.parquet"), RepoPath: "socratic/train-00000-of-00002.parquet", Size: 3, SHA256: sha("one")},
		{Path: filepath.Join(snapshot, "socratic/train-00001-of-00002 é😀#.parquet"), RepoPath: "socratic/train-00001-of-00002 é😀#.parquet", Size: 3, SHA256: sha("two")},
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if want := (hub.Ref{Repo: "org/sums", Revision: "main", Config: "socratic", Split: "train"}); d.Ref != want || d.Commit != commit {
		t.Errorf("resolved to %+v at %s", d.Ref, d.Commit)
	}
	mode := plainMode(t)
	wantTree := []string{
		".locks/datasets--org--sums/" + sha("one") + ".lock -rw-rw-r-- 0",
		".locks/datasets--org--sums/" + sha("two") + ".lock -rw-rw-r-- 0",
		".locks/datasets--org--sums/" + gitSHA1(card) + ".lock -rw-rw-r-- 0",
		"CACHEDIR.TAG " + mode + " 191",
		"datasets--org--sums/.no_exist/" + commit + "/.huggingface.yaml " + mode + " 0",
		"datasets--org--sums/.no_exist/" + commit + "/dataset_infos.json " + mode + " 0",
		"datasets--org--sums/.no_exist/" + commit + "/sums.py " + mode + " 0",
		"datasets--org--sums/blobs/" + gitSHA1(card) + fmt.Sprintf(" %s %d", mode, len(card)),
		"datasets--org--sums/blobs/" + sha("one") + " " + mode + " 3",
		"datasets--org--sums/blobs/" + sha("two") + " " + mode + " 3",
		"datasets--org--sums/refs/main " + mode + " 40",
		"datasets--org--sums/snapshots/" + commit + "/README.md -> ../../blobs/" + gitSHA1(card),
		"datasets--org--sums/snapshots/" + commit + "/socratic/train-00000-of-00002.parquet -> ../../../blobs/" + sha("one"),
		"datasets--org--sums/snapshots/" + commit + "/socratic/train-00001-of-00002 é😀#.parquet -> ../../../blobs/" + sha("two"),
		"datasets--org--sums/trees/" + commit + ".json -rw-------",
	}
	got := tree(t, dir)
	for i, line := range got {
		if strings.Contains(line, "/trees/") {
			got[i] = line[:strings.LastIndex(line, " ")] // its length is another test's
		}
	}
	slices.Sort(wantTree)
	if diff := cmp.Diff(wantTree, got); diff != "" {
		t.Errorf("cache (-want +got):\n%s", diff)
	}
	for _, f := range files {
		text, err := os.ReadFile(f.Path)
		if err != nil || sha(string(text)) != f.SHA256 {
			t.Errorf("%s: %q, %v", f.RepoPath, text, err)
		}
	}
	ref, err := os.ReadFile(filepath.Join(base, "refs/main"))
	if err != nil || string(ref) != commit {
		t.Errorf("refs/main = %q, %v; want the commit without a line feed", ref, err)
	}
}

// plainMode returns the mode that the umask gives to a new file.
func plainMode(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "probe")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	fi, err := f.Stat()
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	return fi.Mode().String()
}
