//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A file that replaces another has its mode, and a link to it stays a link.
func TestWriteFile_replaces(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.jsonl"), filepath.Join(dir, "link.jsonl")
	if err := os.WriteFile(real, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.jsonl", link); err != nil {
		t.Fatal(err)
	}
	if err := new(process).writeFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(real)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(real); err != nil || string(text) != "new" || info.Mode() != 0o600 {
		t.Errorf("the file holds %q, mode %v, error %v; want new with mode 0600", text, info.Mode(), err)
	}
	if target, err := os.Readlink(link); err != nil || target != "real.jsonl" {
		t.Errorf("the link leads to %q, %v; want real.jsonl", target, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, %v; want the file and the link", left, err)
	}
}

// A link that leads to nothing yet leads to the new file, for files that appear together, too.
func TestAppearTogether_newBehindALink(t *testing.T) {
	dir := t.TempDir()
	for link, target := range map[string]string{"a": "b", "b": filepath.Join(dir, "real")} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := appearTogether(settled(t, dir, "a")); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"a": "new a", "b": "new a", "real": "new a"})
	if target, err := os.Readlink(filepath.Join(dir, "a")); err != nil || target != "b" {
		t.Errorf("the link leads to %q, %v; want b", target, err)
	}
}

// A new file is as private as the umask asks.
func TestWriteFile_umask(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.jsonl")
	defer syscall.Umask(syscall.Umask(0o077))
	if err := new(process).writeFile(path, nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode %v, want 0600 under umask 077", info.Mode())
	}
}
