package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// Files of git's own would be programs that run in the user's work tree.
func TestDownload_gitNames(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	cache := t.TempDir()
	c, _ := client(t, srv, cache, nil)
	d, err := c.Resolve(t.Context(), testRef)
	if err != nil {
		t.Fatal(err)
	}
	log.take()
	for _, name := range []string{
		".git/hooks/post-checkout", "a/.git/config", ".GIT/x", ".git", ".git./x", ".git . ./x", "git~1/x", "a/GIT~1", ".git ./x", ".git::$INDEX_ALLOCATION/x",
		".g\u200cit/config", `a\.git\x`,
	} {
		d.Files[0].Path = name
		dir := t.TempDir()
		_, inCache := c.Download(t.Context(), d)
		_, inFolder := c.DownloadTo(t.Context(), d, dir)
		for _, err := range []error{inCache, inFolder} {
			if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "git") {
				t.Errorf("%q: error = %v, want one that names it", name, err)
			}
		}
		if left := append(tree(t, dir), tree(t, cache)...); len(left) > 0 {
			t.Errorf("%q: written: %q", name, left)
		}
	}
	if n := len(log.take()); n > 0 {
		t.Errorf("%d requests", n)
	}
	for _, name := range []string{".gitattributes", ".gitmodules", "git/x", "x.git/y", ".github/a", "git~12"} {
		d.Files[0].Path = name
		if _, err := c.Needs(d, t.TempDir()); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
}

// What the user has in the way of a file is named before anything is fetched.
func TestDownloadTo_inTheWay(t *testing.T) {
	for name, tt := range map[string]struct{ make, named string }{
		"a folder for the file": {testFile + "/mine", testFile},
		"a file for the folder": {"main", "main"},
	} {
		t.Run(name, func(t *testing.T) {
			srv, log := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			write(t, filepath.Join(dir, tt.make), "mine")
			c, _ := client(t, srv, t.TempDir(), nil)
			before := tree(t, dir)
			_, _, err := bring(t, c, testRef, dir)
			if _, ok := errors.AsType[*hub.DiskError](err); !ok || !strings.Contains(err.Error(), tt.named+" is in the way") {
				t.Errorf("error = %v, want one that names %s", err, tt.named)
			}
			if n := fetched(log.take()); n > 0 {
				t.Errorf("fetched %d times what cannot be named", n)
			}
			if after := tree(t, dir); len(after) != len(before) {
				t.Errorf("written: %q", after)
			}
		})
	}
}

// A copy that cannot get its name does not stay.
func TestDownloadTo_copyCannotBeNamed(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	mustPull(t, c, testRef)
	dir := t.TempDir()
	symlink(t, t.TempDir(), filepath.Join(dir, "main"))
	if _, _, err := bring(t, c, testRef, dir); !errors.Is(err, hub.ErrEscapes) {
		t.Errorf("error = %v, want ErrEscapes", err)
	}
	noTemporary(t, dir)
}

// twins returns a dataset of two files whose names differ in case.
func twins(t *testing.T, change func(*hub.Config)) (*hub.Client, *hub.Dataset) {
	t.Helper()
	fsys := dataset()
	clear(fsys)
	for name, text := range map[string]string{"org/twins/data/a.parquet": "one", "org/twins/data/A.parquet": "two"} {
		fsys[name] = dataset()["org/sums/README.md"]
		fsys[name].Data = []byte(text)
	}
	srv, _ := start(t, fsys, hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), change)
	d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/twins"}, Include: []string{"*.parquet"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Files) != 2 {
		t.Fatalf("%d files", len(d.Files))
	}
	return c, d
}

// Two names that a disk takes for one file cannot both have what was promised. A hard link stands for such a disk.
func TestDownload_collision(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		change   func(*hub.Config)
		download func(c *hub.Client, d *hub.Dataset) ([]hub.LocalFile, error)
	}{
		"folder": {download: func(c *hub.Client, d *hub.Dataset) ([]hub.LocalFile, error) { return c.DownloadTo(t.Context(), d, dir) }},
		"cache without symlinks": {
			change:   func(cfg *hub.Config) { cfg.DisableSymlinks = true },
			download: func(c *hub.Client, d *hub.Dataset) ([]hub.LocalFile, error) { return c.Download(t.Context(), d) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, d := twins(t, tt.change)
			files, err := tt.download(c, d)
			if err == nil {
				remove(t, files[1].Path)
				if err := os.Link(files[0].Path, files[1].Path); err != nil {
					t.Skip("no links here: ", err)
				}
				_, err = tt.download(c, d)
			}
			if !errors.Is(err, hub.ErrCorrupt) || !strings.Contains(err.Error(), "data/A.parquet and data/a.parquet are one file") {
				t.Errorf("error = %v, want one that names both", err)
			}
		})
	}
}
