package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// A small file with damaged bytes of the right number is fetched again: nothing else would ever mend it.
func TestDownload_damagedSmallFile(t *testing.T) {
	damage := strings.Replace(card, "Arithmetic", "Arithmetik", 1)
	for name, plain := range map[string]bool{"blob": false, "without symlinks": true} {
		t.Run(name, func(t *testing.T) {
			srv, _ := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			c, _ := client(t, srv, dir, func(cfg *hub.Config) { cfg.DisableSymlinks = plain })
			readme := hub.Selection{Ref: hub.Ref{Repo: "org/sums"}, Include: []string{"README.md"}}
			var files []hub.LocalFile
			for range 2 {
				d, err := c.Select(t.Context(), readme)
				if err != nil {
					t.Fatal(err)
				}
				if files, err = c.Download(t.Context(), d); err != nil {
					t.Fatal(err)
				}
				wantText(t, files[0].Path, card)
				spoil(t, files[0].Path, damage)
			}
			mustPull(t, c, testRef) // which needs the card for the splits only
			wantText(t, files[0].Path, card)
		})
	}
}

// The record of a folder cannot tell that the bytes went wrong by themselves.
func TestDownloadTo_damagedSmallFile(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, t.TempDir(), nil)
	d, err := c.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/sums"}, Include: []string{"README.md"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.DownloadTo(t.Context(), d, dir); err != nil {
		t.Fatal(err)
	}
	rot(t, filepath.Join(dir, "README.md"), strings.ToUpper(card))
	if _, err := c.DownloadTo(t.Context(), d, dir); err != nil {
		t.Fatal(err)
	}
	wantText(t, filepath.Join(dir, "README.md"), card)
}

// rot changes a file and leaves its time.
func rot(t *testing.T, name, text string) {
	t.Helper()
	fi, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, text)
	if err := os.Chtimes(name, fi.ModTime(), fi.ModTime()); err != nil {
		t.Fatal(err)
	}
}

// What is there and cannot be read is neither there nor missing.
func TestDownload_unreadable(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("permissions do not hold this user back")
	}
	for _, name := range []string{"blobs/" + sha(testBytes), "blobs", "refs", ""} {
		t.Run("mode 0 of "+name, func(t *testing.T) {
			srv, log := start(t, dataset(), hubtest.Options{})
			dir := t.TempDir()
			c, _ := client(t, srv, dir, nil)
			mustPull(t, c, testRef)
			shut := filepath.Join(dir, "datasets--org--sums", name)
			fi, err := os.Stat(shut)
			if err != nil || os.Chmod(shut, 0) != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := os.Chmod(shut, fi.Mode()); err != nil {
					t.Fatal(err)
				}
			}()
			off, _ := client(t, srv, dir, offline)
			_, _, err = pull(t, off, testRef)
			if !errors.Is(err, hub.ErrNotReadable) || errors.Is(err, hub.ErrOffline) || !strings.Contains(err.Error(), "datasets--org--sums") {
				t.Errorf("offline: error = %v, want ErrNotReadable", err)
			}
			if name == "refs" {
				return // nothing that a download needs
			}
			log.take()
			if _, _, err := pull(t, c, testRef); !errors.Is(err, hub.ErrNotReadable) || fetched(log.take()) > 0 {
				t.Errorf("error = %v, want ErrNotReadable and nothing fetched", err)
			}
		})
	}
}

// A crash after the ref was written must find every link.
func TestSnapshotFolders(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	d, _ := mustPull(t, c, testRef)
	commit := "snapshots/" + d.Commit
	if diff := cmp.Diff([]string{".", "snapshots", commit, commit + "/main"}, hub.SnapshotFolders(d)); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}
