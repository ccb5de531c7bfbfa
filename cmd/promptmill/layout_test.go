package main

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestGoFiles holds where code lives: what is beside these folders is for people and machines that look after the project.
func TestGoFiles(t *testing.T) {
	folders := []string{"cmd", "convert", "validate", "bench", "schemas", "testdata", "examples"}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		top, _, _ := strings.Cut(name, "/")
		if d.IsDir() && (name == ".git" || name == "build" || strings.HasPrefix(name, ".venv") || name == "node_modules") {
			return fs.SkipDir
		}
		if path.Ext(name) == ".go" && !slices.Contains(folders, top) {
			t.Errorf("%s: Go code lives under %s only", name, strings.Join(folders, ", "))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
