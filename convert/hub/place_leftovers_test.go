package hub_test

import (
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// The ends of the names that an unfinished file and its journal have.
const (
	unfinishedBytes   = ".70726f6d.incomplete"
	unfinishedJournal = ".6a6f7572.incomplete"
)

// What a killed run has left goes when somebody else has brought the file, whether this run had to link it or not, and
// stays while somebody has the lock.
func TestDownload_leftovers(t *testing.T) {
	for name, tt := range map[string]struct {
		linked, locked bool
	}{
		"the blob is there": {},
		"all of it is":      {linked: true},
		"locked":            {linked: true, locked: true},
	} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			c, _ := client(t, srv, dir, nil)
			_, files := mustPull(t, c, testRef)
			blob := filepath.Join(dir, "datasets--org--sums/blobs", sha(testBytes))
			write(t, blob+unfinishedBytes, "PAR")
			write(t, blob+unfinishedJournal, "notes")
			if !tt.linked {
				remove(t, files[0].Path)
			}
			if tt.locked {
				lock := holdLock(t, dir, sha(testBytes))
				defer func() { _ = lock.Close() }()
			}
			mustPull(t, c, testRef)
			if tt.locked {
				wantText(t, blob+unfinishedBytes, "PAR")
				return
			}
			noTemporary(t, dir)
		})
	}
}

func TestDownloadTo_leftovers(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir, cache := t.TempDir(), t.TempDir()
	c, _ := client(t, srv, cache, nil)
	d := mustBring(t, c, testRef, dir)
	name, err := c.PartialIn(d, dir)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name+unfinishedBytes, "PAR")
	write(t, name+unfinishedJournal, "notes")
	mustBring(t, c, testRef, dir)
	noTemporary(t, dir)
}

// Bytes that are there need no room, even when they have no name yet.
func TestNeeds(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	cache, dir := t.TempDir(), t.TempDir()
	c, _ := client(t, srv, cache, nil)
	d, err := c.Resolve(t.Context(), testRef)
	if err != nil {
		t.Fatal(err)
	}
	needs := func(what string, c *hub.Client, dir string, want int) {
		t.Helper()
		if got, err := c.Needs(d, dir); err != nil || len(got) != want {
			t.Errorf("%s: %q, %v; want %d", what, got, err, want)
		}
	}
	needs("nothing there", c, "", 1)
	write(t, filepath.Join(cache, "datasets--org--sums/blobs", sha(testBytes)), testBytes)
	needs("a blob without a link", c, "", 0)
	plain, _ := client(t, srv, cache, func(cfg *hub.Config) { cfg.DisableSymlinks = true })
	needs("a blob that is to be copied", plain, "", 1)
	mustPull(t, c, testRef)
	needs("all there", c, "", 0)

	needs("an empty folder", c, dir, 1)
	write(t, filepath.Join(dir, testFile), "another")
	needs("another file", c, dir, 1)
	write(t, filepath.Join(dir, testFile), testBytes)
	needs("a file without a record", c, dir, 0)
}
