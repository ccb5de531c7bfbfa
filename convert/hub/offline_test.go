package hub_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func offline(cfg *hub.Config) { cfg.Offline = true }

func TestOffline_readsWhatWasDownloaded(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	online, _ := client(t, srv, dir, nil)
	ref := hub.Ref{Repo: "org/sums", Config: "main", Split: "test"}
	_, want := mustPull(t, online, ref)
	log.take()

	c, _ := client(t, srv, dir, offline)
	_, got := mustPull(t, c, ref)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-online +offline):\n%s", diff)
	}
	if asked := log.take(); len(asked) > 0 {
		t.Errorf("asked the network: %v", asked)
	}
	for name, ref := range map[string]hub.Ref{
		"another split":    {Repo: "org/sums", Config: "main", Split: "train"},
		"another revision": {Repo: "org/sums", Revision: "v1.0"},
		"another commit":   {Repo: "org/sums", Revision: strings.Repeat("1", 40)},
		"another dataset":  {Repo: "org/other"},
	} {
		_, _, err := pull(t, c, ref)
		if !errors.Is(err, hub.ErrOffline) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: error = %v, want ErrOffline and the cache's place", name, err)
		}
	}
	if _, _, err := pull(t, c, hub.Ref{Repo: "org/sums"}); !errors.Is(err, hub.ErrAmbiguous) {
		t.Errorf("without a config: %v", err)
	}
}

// A commit never changes: once its files are here, nobody has to be asked, offline or not.
func TestResolve_commitNeedsNoNetwork(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	ref := hub.Ref{Repo: "org/sums", Revision: srv.Commit("org/sums", ""), Config: "socratic"}
	mustPull(t, c, ref)
	log.take()
	mustPull(t, c, ref)
	if asked := log.take(); len(asked) > 0 {
		t.Errorf("asked the network: %v", asked)
	}
	if _, err := os.Lstat(filepath.Join(dir, "datasets--org--sums/refs")); !os.IsNotExist(err) {
		t.Errorf("a ref was written for a commit: %v", err)
	}
}

func TestResolve_branchAsksOnlyForItsCommit(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	ref := hub.Ref{Repo: "org/sums", Config: "socratic"}
	mustPull(t, c, ref)
	log.take()
	mustPull(t, c, ref)
	if asked := log.take(); len(asked) != 1 || !strings.HasSuffix(asked[0].Path, "/revision/main") {
		t.Errorf("asked %v, want the revision alone", asked)
	}
}

// An older Python leaves no listing: what the snapshot holds is what there is.
func TestOffline_withoutListing(t *testing.T) {
	srv, _ := start(t, dataset(), hubtest.Options{})
	dir := t.TempDir()
	c, _ := client(t, srv, dir, nil)
	ref := hub.Ref{Repo: "org/sums", Config: "socratic"}
	_, want := mustPull(t, c, ref)
	base := filepath.Join(dir, "datasets--org--sums")
	if err := os.RemoveAll(filepath.Join(base, "trees")); err != nil {
		t.Fatal(err)
	}
	// As without symlinks: the second file is there itself.
	if err := os.Remove(want[1].Path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want[1].Path, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ = client(t, srv, dir, offline)
	_, got := mustPull(t, c, ref)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-with +without the listing):\n%s", diff)
	}
	if _, err := os.Lstat(filepath.Join(base, "trees")); !os.IsNotExist(err) {
		t.Errorf("an incomplete listing was stored: %v", err)
	}
}

func TestDownload_sharesBlobs(t *testing.T) {
	fsys := dataset()
	fsys["org/sums@v2/data/train-00000-of-00001.parquet"] = fsys["org/sums@v1.0/data/train-00000-of-00001.parquet"]
	fsys["org/sums@v2/README.md"] = fsys["org/sums/.gitattributes"] // no front matter: another commit, the same data
	srv, log := start(t, fsys, hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	mustPull(t, c, hub.Ref{Repo: "org/sums", Revision: "v1.0"})
	log.take()
	_, files := mustPull(t, c, hub.Ref{Repo: "org/sums", Revision: "v2"})
	for _, r := range log.take() {
		if r.Route == hubtest.CDN {
			t.Errorf("downloaded again: %s", r.Path)
		}
	}
	if text, err := os.ReadFile(files[0].Path); err != nil || string(text) != "first version" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestResolve_exportBranch(t *testing.T) {
	srv, log := start(t, dataset(), hubtest.Options{})
	c, _ := client(t, srv, t.TempDir(), nil)
	ref, err := hub.ParseURL("hf://datasets/org/sums@refs/convert/parquet")
	if err != nil {
		t.Fatal(err)
	}
	d, files := mustPull(t, c, ref)
	if d.Ref.Config != "default" || d.Ref.Split != "train" || len(files) != 1 || files[0].RepoPath != "default/partial-train/0000.parquet" {
		t.Errorf("%+v %+v", d.Ref, files)
	}
	if asked := log.take(); !strings.HasSuffix(asked[0].Path, "/revision/refs/convert/parquet") {
		t.Errorf("asked %v", asked[0])
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(files[0].Path), "../../../../refs/refs/convert/parquet")); err != nil {
		t.Errorf("nested ref: %v", err)
	}
}
