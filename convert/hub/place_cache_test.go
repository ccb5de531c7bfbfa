package hub_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
	"github.com/promptmill/promptmill/convert/hub/internal/disk"
)

var testRef = hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}

const testFile = "main/test-00000-of-00001.parquet"

// fetched counts the requests for the bytes of files.
func fetched(list []request) int { return len(ranges(list)) }

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Skip("no symlinks here: ", err)
	}
}

func wantText(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s: %d bytes, %v; want %d others", name, len(got), err, len(want))
	}
}

func TestDownload_withoutSymlinks(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	plain, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.DisableSymlinks = true })
	_, files := mustPull(t, plain, testRef)
	for _, line := range tree(t, dir) {
		if strings.Contains(line, " -> ") || strings.Contains(line, "/blobs/") {
			t.Errorf("left in the cache: %s", line)
		}
	}
	wantText(t, files[0].Path, testBytes)
	log.take()
	linked, _ := client(t, srv, dir, nil) // who has symlinks reads it too
	off, _ := client(t, srv, dir, offline)
	for _, c := range []*hub.Client{plain, linked, off} {
		mustPull(t, c, testRef)
	}
	if n := fetched(log.take()); n > 0 {
		t.Errorf("fetched %d times again", n)
	}
	noTemporary(t, dir)
}

func TestDownload_withoutSymlinks_copiesBlob(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	linked, _ := client(t, srv, dir, nil)
	_, files := mustPull(t, linked, testRef)
	if err := os.Remove(files[0].Path); err != nil {
		t.Fatal(err)
	}
	log.take()
	plain, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.DisableSymlinks = true })
	mustPull(t, plain, testRef)
	if n := fetched(log.take()); n > 0 {
		t.Errorf("fetched %d times although the blob is there", n)
	}
	if fi, err := os.Lstat(files[0].Path); err != nil || !fi.Mode().IsRegular() {
		t.Errorf("the snapshot has %v, %v; want the file itself", fi, err)
	}
	noTemporary(t, dir)
}

func TestDownload_twoNamesOneBlob(t *testing.T) {
	fsys := dataset()
	fsys["org/sums/main/train-00001-of-00001.parquet"] = fsys["org/sums/"+trainFile]
	srv, log := start(t, fsys, hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Jobs = 4 })
	_, files := mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
	if len(files) != 2 {
		t.Fatalf("%d files, want 2", len(files))
	}
	for _, f := range files {
		wantText(t, f.Path, trainBytes)
	}
	if n := fetched(log.take()); n != 1 {
		t.Errorf("fetched the same bytes %d times", n)
	}
}

// waiter lets a test act when a client says that it waits.
type waiter struct {
	once sync.Once
	told chan struct{}
}

func (w *waiter) logf(format string, args ...any) {
	if strings.Contains(fmt.Sprintf(format, args...), "waiting for another process") {
		w.once.Do(func() { close(w.told) })
	}
}

// holdLock takes the lock of a blob as another process would.
func holdLock(t *testing.T, dir, etag string) *os.File {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	f, err := disk.TryLock(root, ".locks/datasets--org--sums/"+etag+".lock")
	if f == nil {
		t.Skip("no locks here: ", err)
	}
	return f
}

func TestDownload_waitsForLock(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	lock := holdLock(t, dir, sha(testBytes))
	w := waiter{told: make(chan struct{})}
	c, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.Logf = w.logf })
	done := make(chan error)
	go func() {
		_, _, err := pull(t, c, testRef)
		done <- err
	}()
	select {
	case <-w.told:
	case err := <-done:
		t.Fatalf("did not wait: %v", err)
	}
	if n := fetched(log.take()); n > 0 {
		t.Errorf("fetched %d times while another process had the lock", n)
	}
	write(t, filepath.Join(dir, "datasets--org--sums/blobs", sha(testBytes)), testBytes) // the other process was done
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := fetched(log.take()); n > 0 {
		t.Errorf("fetched %d times what the other process had brought", n)
	}
}

func TestDownload_cancelledWhileWaiting(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	lock := holdLock(t, dir, sha(testBytes))
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	w := waiter{told: make(chan struct{})}
	c, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.Logf = w.logf })
	d, err := c.Resolve(ctx, testRef)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-w.told
		cancel(stop)
	}()
	if _, err := c.Download(ctx, d); !errors.Is(err, stop) {
		t.Errorf("error = %v, want the cause of the cancellation", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
}

// A link where a folder of the cache belongs must not lead anything elsewhere.
func TestDownload_symlinksOut(t *testing.T) {
	for _, name := range []string{"blobs", "snapshots", "refs", "trees", ".no_exist"} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, dataset(), hubtest.Options{})
			dir, outside := t.TempDir(), t.TempDir()
			symlink(t, outside, filepath.Join(dir, "datasets--org--sums", name))
			c, _ := client(t, srv, dir, nil)
			_, _, err := pull(t, c, testRef)
			e, ok := errors.AsType[*hub.DiskError](err)
			if !ok || !errors.Is(err, hub.ErrEscapes) || !strings.Contains(err.Error(), "HF_HUB_CACHE") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error = %v (%+v), want one line that says that a link leads out", err, e)
			}
			if left := tree(t, outside); len(left) > 0 {
				t.Errorf("written outside of the cache: %q", left)
			}
		})
	}
}

func TestDownload_blobLinkOut(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	write(t, outside, testBytes)
	blob := filepath.Join(dir, "datasets--org--sums/blobs", sha(testBytes))
	symlink(t, outside, blob)
	c, _ := client(t, srv, dir, nil)
	mustPull(t, c, testRef)
	if n := fetched(log.take()); n != 1 {
		t.Errorf("fetched %d times, want once: what is outside does not count", n)
	}
	if fi, err := os.Lstat(blob); err != nil || !fi.Mode().IsRegular() {
		t.Errorf("the blob is %v, %v", fi, err)
	}
}

// shareBlob moves a blob to where Python keeps those that several repositories have.
func shareBlob(t *testing.T, dir, etag string, repos ...string) (shared string) {
	t.Helper()
	xet := "ab" + strings.Repeat("0", 62)
	shared = filepath.Join(dir, "blobs/ab", xet)
	var refs strings.Builder
	for _, repo := range repos {
		blob := filepath.Join(dir, repo, "blobs", etag)
		if err := os.MkdirAll(filepath.Dir(shared), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(blob, shared); err != nil {
			t.Fatal(err)
		}
		symlink(t, "../../blobs/ab/"+xet, blob)
		fmt.Fprintf(&refs, "%s/blobs/%s\n", repo, etag)
	}
	write(t, shared+".refs", refs.String()+"../../outside/blobs/ff\n")
	return shared
}

func TestDownload_readsSharedBlob(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	mustPull(t, c, testRef)
	shareBlob(t, dir, sha(testBytes), "datasets--org--sums")
	off, _ := client(t, srv, dir, offline)
	_, files := mustPull(t, off, testRef)
	wantText(t, files[0].Path, testBytes)
}

func TestResolve_badRef(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	for name, text := range map[string]string{"garbage": "\x00\xff../../etc", "endless": strings.Repeat("0", 5000), "empty": ""} {
		dir := t.TempDir()
		ref := filepath.Join(dir, "datasets--org--sums/refs/main")
		write(t, ref, text)
		off, _ := client(t, srv, dir, offline)
		if _, err := off.Resolve(t.Context(), testRef); !errors.Is(err, hub.ErrOffline) {
			t.Errorf("%s, offline: %v", name, err)
		}
		c, _ := client(t, srv, dir, nil)
		mustPull(t, c, testRef)
		wantText(t, ref, srv.Commit("org/sums", ""))
	}
}

func TestDownload_readOnlyCache(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("permissions do not hold this user back")
	}
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	_, files := mustPull(t, c, testRef)
	chmodAll(t, dir, 0o555)
	defer chmodAll(t, dir, 0o777)
	mustPull(t, c, testRef)
	wantText(t, files[0].Path, testBytes)
	_, _, err := pull(t, c, hub.Ref{Repo: "org/sums", Config: "socratic"})
	if !errors.Is(err, hub.ErrNotWritable) || !strings.Contains(err.Error(), "HF_HUB_CACHE") {
		t.Errorf("error = %v, want one that says how to choose another cache", err)
	}
}

// chmodAll sets the mode of all folders.
func chmodAll(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			dirs = append(dirs, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if err := os.Chmod(d, mode); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDownload_absentFiles(t *testing.T) {
	fsys := dataset()
	fsys["org/sums@v1.0/dataset_infos.json"] = fsys["org/sums/.gitattributes"]
	srv, _ := start(t, fsys, hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	d, _ := mustPull(t, c, hub.Ref{Repo: "org/sums", Revision: "v1.0"})
	var got []string
	for _, line := range tree(t, filepath.Join(dir, "datasets--org--sums/.no_exist")) {
		got = append(got, strings.Fields(line)[0])
	}
	want := []string{d.Commit + "/.huggingface.yaml", d.Commit + "/README.md", d.Commit + "/sums.py"}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("absent (-want +got):\n%s", diff)
	}
}

// Locks save bandwidth, and a cache in which there can be none works. What another process may be writing is left alone
// there.
func TestDownload_noLocks(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, dir string){
		"a file where the locks belong": func(t *testing.T, dir string) { write(t, filepath.Join(dir, ".locks"), "") },
		"a folder where a lock belongs": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, ".locks/datasets--org--sums", sha(testBytes)+".lock", "x"), "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			make(t, dir)
			others := filepath.Join(dir, "datasets--org--sums/blobs", sha(testBytes)+unfinishedBytes)
			write(t, others, "another's")
			c, _ := client(t, srv, dir, nil)
			_, files := mustPull(t, c, testRef)
			wantText(t, files[0].Path, testBytes)
			wantText(t, others, "another's")
			remove(t, others)
			noTemporary(t, filepath.Join(dir, "datasets--org--sums"))
		})
	}
}
