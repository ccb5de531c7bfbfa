package hub_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func TestDownload_cancelled(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	c, _ := client(t, srv, dir, func(cfg *hub.Config) {
		cfg.Progress = func(p hub.Progress) {
			if p.Bytes > 0 {
				cancel(stop)
			}
		}
	})
	d, err := c.Resolve(ctx, hub.Ref{Repo: "org/sums", Config: "main", Split: "train"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Download(ctx, d); !errors.Is(err, stop) {
		t.Fatalf("error = %v, want the cause of the cancellation", err)
	}
	nothingLeft(t, dir)
}

func TestDownload_twoAtOnce(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	results := make(chan error)
	for range 4 {
		c, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.Jobs = 2 })
		go func() {
			d, err := c.Resolve(t.Context(), hub.Ref{Repo: "org/sums", Config: "socratic"})
			if err == nil {
				_, err = c.Download(t.Context(), d)
			}
			results <- err
		}()
	}
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	noTemporary(t, dir)
}

func TestDownload_progress(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	var last hub.Progress
	c, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.Progress = func(p hub.Progress) { last = p } })
	for kept := range int64(2) { // the second time everything is there
		last = hub.Progress{}
		mustPull(t, c, hub.Ref{Repo: "org/sums", Config: "socratic"})
		if want := (hub.Progress{Files: 2, TotalFiles: 2, Bytes: 6, TotalBytes: 6, Kept: 6 * kept}); last != want {
			t.Errorf("last progress %+v, want %+v", last, want)
		}
	}
}

func TestDownload_repairsShortBlob(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	ref := hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}
	_, files := mustPull(t, c, ref)
	blob, err := filepath.EvalSymlinks(files[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(blob, 3); err != nil {
		t.Fatal(err)
	}
	mustPull(t, c, ref)
	if text, err := os.ReadFile(files[0].Path); err != nil || string(text) != testBytes {
		t.Errorf("after the repair: %q, %v", text, err)
	}
}

// A link that somebody put where a folder of the snapshot belongs must not lead the download elsewhere.
func TestDownload_symlinkTrick(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir, outside := t.TempDir(), t.TempDir()
	snapshot := filepath.Join(dir, "datasets--org--sums/snapshots", srv.Commit("org/sums", ""))
	if err := os.MkdirAll(snapshot, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(snapshot, "main")); err != nil {
		t.Skip("no symlinks here: ", err)
	}
	c, _ := client(t, srv, dir, nil)
	if _, _, err := pull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}); err == nil {
		t.Error("no error")
	}
	if left := tree(t, outside); len(left) > 0 {
		t.Errorf("written outside of the cache: %q", left)
	}
}

func TestDownload_cacheNotWritable(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ := client(t, srv, filepath.Join(file, "hub"), nil)
	_, _, err := pull(t, c, hub.Ref{Repo: "org/sums", Config: "main", Split: "test"})
	if err == nil || !strings.Contains(err.Error(), "HF_HUB_CACHE") {
		t.Errorf("error = %v, want one that says how to choose another folder", err)
	}
}
