package hub_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// wrongBytes ends the name of what Verify moves aside.
const wrongBytes = ".77726f6e.incomplete"

// statuses returns what Verify says, and checks that it asks nobody.
func statuses(t *testing.T, c *hub.Client, d *hub.Dataset) []hub.Verdict {
	t.Helper()
	out, err := c.Verify(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// spoil overwrites what a path leads to.
func spoil(t *testing.T, path, text string) {
	t.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, real, text)
}

func TestVerify(t *testing.T) {
	changed := strings.Replace(testBytes, "test", "tent", 1)
	for name, tt := range map[string]struct {
		plain bool
		do    func(t *testing.T, path string)
		want  hub.Status
		got   string // bytes that were hashed
	}{
		"good":                    {do: func(*testing.T, string) {}, want: hub.StatusOK, got: testBytes},
		"one byte":                {do: func(t *testing.T, p string) { spoil(t, p, changed) }, want: hub.StatusWrong, got: changed},
		"cut":                     {do: func(t *testing.T, p string) { spoil(t, p, testBytes[:3]) }, want: hub.StatusWrong, got: testBytes[:3]},
		"empty":                   {do: func(t *testing.T, p string) { spoil(t, p, "") }, want: hub.StatusWrong},
		"gone":                    {do: remove, want: hub.StatusMissing},
		"dangling":                {do: func(t *testing.T, p string) { spoilLink(t, p) }, want: hub.StatusMissing},
		"good, without symlinks":  {plain: true, do: func(*testing.T, string) {}, want: hub.StatusOK, got: testBytes},
		"wrong, without symlinks": {plain: true, do: func(t *testing.T, p string) { spoil(t, p, changed) }, want: hub.StatusWrong, got: changed},
	} {
		t.Run(name, func(t *testing.T) {
			srv, log := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			c, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.DisableSymlinks = tt.plain })
			d, files := mustPull(t, c, testRef)
			tt.do(t, files[0].Path)
			log.take()
			got := statuses(t, c, d)
			want := []hub.Verdict{{File: d.Files[0], Path: files[0].Path, Status: tt.want, Want: sha(testBytes), Got: sha(tt.got)}}
			if tt.want == hub.StatusMissing {
				want[0].Got = ""
			}
			if tt.want == hub.StatusWrong {
				want[0].MovedTo = filepath.Join(dir, "datasets--org--sums/blobs", sha(testBytes)+wrongBytes)
				wantText(t, want[0].MovedTo, tt.got)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(hub.File{})); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if asked := log.take(); len(asked) > 0 {
				t.Errorf("asked %v", asked)
			}
			mustPull(t, c, testRef)
			if again := statuses(t, c, d); again[0].Status != hub.StatusOK {
				t.Errorf("after another download: %+v", again[0])
			}
		})
	}
}

// spoilLink removes what a link leads to.
func spoilLink(t *testing.T, path string) {
	t.Helper()
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, real)
}

// Wrong bytes lose the names that all commits and paths have for them.
func TestVerify_everyLink(t *testing.T) {
	fsys := dataset()
	fsys["org/sums/main/train-00001-of-00001.parquet"] = fsys["org/sums/"+trainFile]
	fsys["org/sums@v2/data/train.parquet"] = fsys["org/sums/"+trainFile]
	srv, _ := start(t, fsys, hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	mustPull(t, c, hub.Ref{Repo: "org/sums", Revision: "v2"})
	d, files := mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
	spoil(t, files[0].Path, "something else")
	moved := filepath.Join(dir, "datasets--org--sums/blobs", sha(trainBytes)+wrongBytes)
	for _, v := range statuses(t, c, d) {
		if v.Status != hub.StatusWrong || v.MovedTo != moved {
			t.Errorf("%s: %s, moved to %s", v.File.Path, v.Status, v.MovedTo)
		}
	}
	for _, line := range tree(t, dir) {
		if strings.Contains(line, "-> ") && strings.Contains(line, sha(trainBytes)) {
			t.Errorf("still linked: %s", line)
		}
	}
}

// A blob that several repositories share is wrong for all of them.
func TestVerify_sharedBlob(t *testing.T) {
	fsys := dataset()
	fsys["org/copy/data/train.parquet"] = fsys["org/sums/"+testFile]
	srv, _ := start(t, fsys, hubtest.Options{})
	dir, outside := t.TempDir(), t.TempDir()
	c, _ := client(t, srv, dir, nil)
	d, files := mustPull(t, c, testRef)
	other, _ := mustPull(t, c, hub.Ref{Repo: "org/copy"})
	shared := shareBlob(t, dir, sha(testBytes), "datasets--org--sums", "datasets--org--copy")
	if v := statuses(t, c, other); v[0].Status != hub.StatusOK {
		t.Errorf("a good shared blob: %+v", v[0])
	}
	spoil(t, files[0].Path, "wrong")
	if v := statuses(t, c, d); v[0].Status != hub.StatusWrong || !strings.HasPrefix(v[0].MovedTo, filepath.Join(dir, "datasets--org--sums")) {
		t.Errorf("%+v", v[0])
	}
	if _, err := os.Lstat(shared); !os.IsNotExist(err) {
		t.Errorf("the shared blob is still there: %v", err)
	}
	if v := statuses(t, c, other); v[0].Status != hub.StatusMissing {
		t.Errorf("the other repository: %+v", v[0])
	}
	for _, line := range append(tree(t, dir), tree(t, outside)...) {
		if strings.Contains(line, "-> ") && strings.Contains(line, sha(testBytes)) {
			t.Errorf("dangling: %s", line)
		}
	}
}

func TestVerify_cancelled(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	d, _ := mustPull(t, c, testRef)
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	cancel(stop)
	if _, err := c.Verify(ctx, d); !errors.Is(err, stop) {
		t.Errorf("error = %v, want the cause", err)
	}
}

func TestVerify_nothingThere(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := filepath.Join(t.TempDir(), "none")
	c, _ := client(t, srv, dir, nil)
	d, err := c.Resolve(t.Context(), testRef)
	if err != nil {
		t.Fatal(err)
	}
	if v := statuses(t, c, d); v[0].Status != hub.StatusMissing {
		t.Errorf("%+v", v[0])
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("made a cache: %v", err)
	}
}

// Without a list of the commit nothing says what a file that is no link should be.
func TestVerify_unknown(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	ref := hub.Ref{Repo: "org/sums", Revision: "v1.0"}
	plain := func(cfg *hub.Config) { cfg.DisableSymlinks = true }
	c, _ := client(t, srv, dir, plain)
	mustPull(t, c, ref)
	if err := os.RemoveAll(filepath.Join(dir, "datasets--org--sums/trees")); err != nil {
		t.Fatal(err)
	}
	off, _ := client(t, srv, dir, offline)
	d, files := mustPull(t, off, ref)
	if v := statuses(t, off, d); v[0].Status != hub.StatusUnknown || v[0].MovedTo != "" {
		t.Errorf("%+v", v[0])
	}
	wantText(t, files[0].Path, "first version")
}

// Of bytes that go wrong again and again one copy is enough.
func TestVerify_oneCopy(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	for _, text := range []string{"wrong", "wrong again"} {
		d, files := mustPull(t, c, testRef)
		spoil(t, files[0].Path, text)
		v := statuses(t, c, d)[0]
		if v.Status != hub.StatusWrong || v.InPlace != "" {
			t.Errorf("%+v", v)
		}
		wantText(t, v.MovedTo, text)
	}
	left, err := filepath.Glob(filepath.Join(dir, "datasets--org--sums/blobs/*.incomplete"))
	if err != nil || len(left) != 1 {
		t.Errorf("left %q, %v; want one copy", left, err)
	}
}

// Wrong bytes that cannot be moved would be served again: the verdict names the file that has to go.
func TestVerify_cannotMove(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	d, files := mustPull(t, c, testRef)
	blob := filepath.Join(dir, "datasets--org--sums/blobs", sha(testBytes))
	write(t, filepath.Join(blob+wrongBytes, "in the way"), "")
	spoil(t, files[0].Path, strings.Repeat("x", len(testBytes)))
	if v := statuses(t, c, d)[0]; v.Status != hub.StatusWrong || v.MovedTo != "" || filepath.Base(v.InPlace) != filepath.Base(blob) {
		t.Errorf("%+v, want %s in place", v, blob)
	}
}
