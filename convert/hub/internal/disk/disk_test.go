package disk_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

func TestFree(t *testing.T) {
	dir := t.TempDir()
	bytes, known := disk.Free(filepath.Join(dir, "not", "yet"))
	if !known {
		t.Skip("this system does not tell")
	}
	if bytes <= 0 {
		t.Errorf("%d bytes free below %s", bytes, dir)
	}
}

// Closing the file gives the lock back, and the file stays.
func TestTryLock(t *testing.T) {
	root := openRoot(t)
	first, err := disk.TryLock(root, "a/b.lock")
	if err != nil {
		t.Skip("no locks here: ", err)
	}
	if again, err := disk.TryLock(root, "a/b.lock"); again != nil || err != nil {
		t.Errorf("locked twice: %v, %v", again, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := disk.TryLock(root, "a/b.lock")
	if again == nil || err != nil {
		t.Fatalf("not locked after it was given back: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := root.Stat("a/b.lock"); err != nil {
		t.Error(err)
	}
}

// A lock on a file that was removed after it was opened would exclude nobody.
func TestHold_removed(t *testing.T) {
	root := openRoot(t)
	f, err := root.Create("a.lock")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := root.Remove("a.lock"); err != nil {
		t.Skip("an open file keeps its name here: ", err)
	}
	if ok, err := disk.Hold(f); ok || err != nil {
		t.Errorf("%v, %v; want no lock", ok, err)
	}
}

// Nothing appears of a file that could not be written to its end, and errors are explained.
func TestFolder(t *testing.T) {
	root := openRoot(t)
	explained := errors.New("this folder")
	d := disk.Folder{Root: root, Explain: func(err error) error { return fmt.Errorf("%w: %w", explained, err) }}
	for _, text := range []string{"one", "one", "two and more"} {
		if err := d.Write("x/y", 0o600, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := disk.Read(root, "x/y", 100); string(got) != text || err != nil {
			t.Errorf("%q, %v; want %q", got, err, text)
		}
	}
	cause := errors.New("cut")
	err := d.Create("x/tmp", "x/z", 0o600, func(f *os.File) error {
		_, err := f.WriteString("half")
		return errors.Join(err, cause)
	})
	if !errors.Is(err, cause) {
		t.Errorf("error = %v, want that of who writes", err)
	}
	if left, err := os.ReadDir(filepath.Join(root.Name(), "x")); len(left) != 1 || err != nil {
		t.Errorf("left %v, %v; want y alone", left, err)
	}
	if err := d.Write("../out", 0o600, nil); !errors.Is(err, explained) {
		t.Errorf("a file outside: %v", err)
	}
	if _, err := disk.Read(root, "x/y", 3); !errors.Is(err, fault.ErrCorrupt) {
		t.Errorf("a file that is too long: %v", err)
	}
}

func openRoot(t *testing.T) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	})
	return root
}
