package hub_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// fetchedByPython fills a cache as hf_hub_download does: the files alone, without a list of the others. It returns an
// offline client of it, and what that says.
func fetchedByPython(t *testing.T, fsys fstest.MapFS, files ...string) (c *hub.Client, said func() string) {
	t.Helper()
	srv, _ := start(t, fsys, hubtest.Options{})
	dir := t.TempDir()
	online, _ := client(t, srv, dir, nil)
	d, err := online.Select(t.Context(), hub.Selection{Ref: hub.Ref{Repo: "org/name"}, Include: files})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := online.Download(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "datasets--org--name/trees")); err != nil {
		t.Fatal(err)
	}
	var lines []string
	c, _ = client(t, srv, dir, func(cfg *hub.Config) {
		cfg.Offline = true
		cfg.Logf = func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	})
	return c, func() string { return strings.Join(lines, "\n") }
}

// What is cached is never taken for all of what was asked for.
func TestSelect_partialList(t *testing.T) {
	readme := "---\nconfigs:\n- config_name: default\n  data_files:\n  - {split: train, path: data/train-*}\n  - {split: test, path: data/test-*}\n" +
		"  - {split: one, path: data/one.parquet}\n  - {split: sample, path: data/train-00000-*}\n---\n"
	fsys := repo(readme, "data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet", "data/test-00000-of-00001-abc.parquet", "data/one.parquet")
	c, said := fetchedByPython(t, fsys, "README.md", "data/train-00000-of-00002.parquet", "data/test-00000-of-00001-abc.parquet")
	tests := []struct {
		name string
		sel  hub.Selection
		want string // files, or what the error says
		fail error
	}{
		{"every split", hub.Selection{All: true}, "choose one with --split", hub.ErrOffline},
		{"any file", hub.Selection{Include: []string{"*"}}, `what "*" matches besides the 3 cached ones`, hub.ErrOffline},
		{"files of a folder", hub.Selection{Include: []string{"data/"}}, "name single files", hub.ErrOffline},
		{"some files of a split", hub.Selection{Ref: hub.Ref{Split: "test"}, Include: []string{"*abc*"}}, "name single files", hub.ErrOffline},
		{"one file of two", hub.Selection{Include: []string{"README.md", "data/one.parquet"}}, "data/one.parquet", hub.ErrOffline},
		{"a split with a missing shard", hub.Selection{Ref: hub.Ref{Split: "train"}, All: true}, "data/train-00001-of-00002.parquet is not in the cache", hub.ErrOffline},
		{"a split with a missing file", hub.Selection{Ref: hub.Ref{Split: "one"}, All: true}, "data/one.parquet", hub.ErrOffline},
		{"a complete split", hub.Selection{Ref: hub.Ref{Split: "test"}, All: true}, "data/test-00000-of-00001-abc.parquet", nil},
		{"a split that is one of several shards", hub.Selection{Ref: hub.Ref{Split: "sample"}}, "data/train-00000-of-00002.parquet", nil},
		{"a file by its name", hub.Selection{Include: []string{"README.md"}}, "README.md", nil},
		{"no such split", hub.Selection{Ref: hub.Ref{Split: "dev"}, All: true}, `no split "dev"`, hub.ErrOffline},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.sel.Ref.Repo = "org/name"
			d, err := c.Select(t.Context(), tt.sel)
			if !errors.Is(err, tt.fail) {
				t.Fatalf("error %v, want %v", err, tt.fail)
			}
			if err != nil {
				text := err.Error()
				if !strings.Contains(text, tt.want) || strings.Count(text, "run once without") != 1 || strings.Count(text, "hf://") != 1 {
					t.Errorf("error %q: want one reference, one advice and %q", text, tt.want)
				}
				return
			}
			if len(d.Files) != 1 || d.Files[0].Path != tt.want {
				t.Errorf("files %v, want %s", d.Files, tt.want)
			}
		})
	}
	if !strings.Contains(said(), "WARNING: ") || !strings.Contains(said(), "only the 3 cached ones are known") {
		t.Errorf("said %q", said())
	}
}

// An error about what may only be missing in the list names one dataset, and says once what to do.
func TestSelect_partialListOfNothing(t *testing.T) {
	c, _ := fetchedByPython(t, repo("# Nothing\n", "data/train-00000-of-00001.parquet"), "README.md")
	ref := hub.Ref{Repo: "org/name"}
	_, err := c.Select(t.Context(), hub.Selection{Ref: ref, All: true})
	_, listErr := c.Catalog(t.Context(), ref)
	for _, err := range []error{err, listErr} {
		if !errors.Is(err, hub.ErrOffline) || strings.Count(err.Error(), "run once without") != 1 || strings.Count(err.Error(), "hf://") != 1 {
			t.Errorf("error %v", err)
		}
	}
}
