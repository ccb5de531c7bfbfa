package main

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// settled writes files that are to appear in dir, with the text "new" and their name.
func settled(t *testing.T, dir string, names ...string) (files []*output) {
	t.Helper()
	for _, name := range names {
		o, err := new(process).create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Write([]byte("new " + name)); err != nil {
			t.Fatal(err)
		}
		if err := o.settle(); err != nil {
			t.Fatal(err)
		}
		files = append(files, o)
	}
	return files
}

// folder makes a folder of files, name -> text.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// holds compares the files of a folder, the hidden ones too.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range list {
		if e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestAppearTogether(t *testing.T) {
	dir := folder(t, map[string]string{"a": "old a", "c": "old c", "other": "x"})
	if err := appearTogether(settled(t, dir, "a", "b", "c")); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"a": "new a", "b": "new b", "c": "new c", "other": "x"})
}

// TestAppearTogether_fails: when a rename fails, whichever it is, the folder is as it was.
func TestAppearTogether_fails(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	old := map[string]string{"a": "old a", "c": "old c", "d": "old d"}
	for i, name := range names {
		t.Run("without "+name, func(t *testing.T) { // the rename finds nothing to rename
			dir := folder(t, old)
			files := settled(t, dir, names...)
			if err := os.Remove(files[i].tmp.Name()); err != nil {
				t.Fatal(err)
			}
			failsWhole(t, dir, files, old)
		})
		t.Run("a folder called "+name, func(t *testing.T) {
			without := maps.Clone(old)
			delete(without, name)
			dir := folder(t, without)
			files := settled(t, dir, names...)
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
			failsWhole(t, dir, files, without)
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("the folder in the way: %v", err)
			}
		})
	}
}

func failsWhole(t *testing.T, dir string, files []*output, want map[string]string) {
	t.Helper()
	if err := appearTogether(files); err == nil {
		t.Error("no error")
	}
	for _, o := range files {
		o.discard()
	}
	holds(t, dir, want)
}

// TestRestore: what was moved away, where a file system knows no second names, comes back too.
func TestRestore(t *testing.T) {
	dir := folder(t, map[string]string{"kept": "old", "linked": "same"})
	path := filepath.Join(dir, "path")
	if err := restore(filepath.Join(dir, "kept"), path); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(path, filepath.Join(dir, "again")); err != nil {
		t.Fatal(err)
	}
	if err := restore(filepath.Join(dir, "again"), path); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"path": "old", "linked": "same"})
}
