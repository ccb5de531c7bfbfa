package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// TestSelect_folderOffline reads a folder that DownloadTo has filled, without the Hub and with another cache.
func TestSelect_folderOffline(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir := filepath.Join(t.TempDir(), "data")
	all := hub.Selection{Ref: hub.Ref{Repo: "org/sums"}, Include: []string{"*"}, Folder: dir}
	c, _ := client(t, srv, t.TempDir(), nil)
	d, err := c.Select(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.DownloadTo(t.Context(), d, dir); err != nil {
		t.Fatal(err)
	}
	log.take()

	offline, _ := client(t, srv, t.TempDir(), func(cfg *hub.Config) { cfg.Offline = true })
	one := hub.Selection{Ref: hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}, Folder: dir}
	for _, sel := range []hub.Selection{all, one} {
		d, err := offline.Select(t.Context(), sel)
		if err != nil {
			t.Fatal(err)
		}
		files, err := offline.DownloadTo(t.Context(), d, dir)
		if err != nil || len(files) == 0 || d.Commit != srv.Commit("org/sums", "") {
			t.Errorf("%d files at %s, %v", len(files), d.Commit, err)
		}
	}
	for _, sel := range []hub.Selection{
		{Ref: hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}, Folder: t.TempDir()},
		{Ref: hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}},
		{Ref: hub.Ref{Repo: "org/sums", Config: "main", Split: "test", Revision: "0000000000000000000000000000000000000000"}, Folder: dir},
	} {
		if _, err := offline.Select(t.Context(), sel); !errors.Is(err, hub.ErrOffline) {
			t.Errorf("%+v: error = %v, want ErrOffline", sel, err)
		}
	}
	if asked := log.take(); len(asked) > 0 {
		t.Errorf("asked the Hub: %v", asked)
	}
}

// A folder that knows all its files is not cut down to the few that the cache has of the same commit.
func TestSelect_folderBeforePartOfTheCache(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir, cache := t.TempDir(), t.TempDir()
	all := hub.Selection{Ref: hub.Ref{Repo: "org/sums"}, Include: []string{"*.parquet"}, Folder: dir}
	c, _ := client(t, srv, cache, nil)
	d, err := c.Select(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.DownloadTo(t.Context(), d, dir); err != nil {
		t.Fatal(err)
	}
	mustPull(t, c, testRef)
	if err := os.RemoveAll(filepath.Join(cache, "datasets--org--sums/trees")); err != nil { // as a Python that wrote none
		t.Fatal(err)
	}
	var warned []string
	off, _ := client(t, srv, cache, func(cfg *hub.Config) {
		cfg.Offline = true
		cfg.Logf = func(format string, _ ...any) { warned = append(warned, format) }
	})
	got, err := off.Select(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	files, err := off.DownloadTo(t.Context(), got, dir)
	if err != nil || len(files) != len(d.Files) || got.Ref != d.Ref || len(warned) > 0 {
		t.Errorf("%d files of %+v, %v; want %d of %+v and no warning, got %q", len(files), got.Ref, err, len(d.Files), d.Ref, warned)
	}
}
