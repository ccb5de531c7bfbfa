package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The files in the repository are what the generator writes, byte for byte.
func TestFixtures_areWhatIsCheckedIn(t *testing.T) {
	files, err := fixtures()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what the generator writes; run `go run ./testdata/gen`", name)
		}
	}
}
