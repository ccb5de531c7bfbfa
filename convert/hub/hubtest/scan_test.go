package hubtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// What is in the served folder beside plain files.
func TestNew_folder(t *testing.T) {
	dir := t.TempDir()
	repo := filepath.Join(dir, "org", "name")
	write(t, filepath.Join(repo, "README.md"), "# Name\n")
	write(t, filepath.Join(dir, "elsewhere"), "linked")
	plain, err := hubtest.New(os.DirFS(dir), hubtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(repo, ".git", "HEAD"), "ref: refs/heads/main\n")
	withGit, err := hubtest.New(os.DirFS(dir), hubtest.Options{})
	if err != nil || withGit.Commit("org/name", "") != plain.Commit("org/name", "") {
		t.Errorf("a folder of git is served, or %v", err)
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(repo, "link.txt")); err != nil {
		t.Skip(err)
	}
	linked, err := hubtest.New(os.DirFS(dir), hubtest.Options{})
	if err != nil || linked.Commit("org/name", "") == plain.Commit("org/name", "") {
		t.Errorf("a link to a file is not served: %v", err)
	}
	for name, target := range map[string]string{"folder": dir, "nowhere": "/nonexistent", "device": os.DevNull} {
		link := filepath.Join(repo, name)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		if _, err := hubtest.New(os.DirFS(dir), hubtest.Options{}); err == nil || !strings.Contains(err.Error(), "org/name/"+name) {
			t.Errorf("a link to %s: %v", target, err)
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
	}
}
