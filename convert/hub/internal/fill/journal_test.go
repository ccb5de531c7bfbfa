package fill_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/hub/internal/fill"
)

// openJournal opens the journal of the file data, and closes both again after mark.
func openJournal(t *testing.T, root *os.Root, etag string, size int64, mark func(*fill.Journal, *os.File) error) []bool {
	t.Helper()
	data, err := root.OpenFile("data", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	j, there, err := fill.OpenJournal(root, "journal", etag, size, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{mark(j, data), j.Close(), data.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return there
}

func TestJournal(t *testing.T) {
	const size = 2*fill.BlockSize + 5
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	nothing := func(*fill.Journal, *os.File) error { return nil }

	if there := openJournal(t, root, "a", size, func(j *fill.Journal, data *os.File) error {
		if err := data.Truncate(2 * fill.BlockSize); err != nil {
			return err
		}
		if err := j.Mark(1); err != nil {
			return err
		}
		return j.Mark(2)
	}); len(there) > 0 {
		t.Errorf("a new journal has %v", there)
	}
	if n := fill.Kept(root, "journal", "a", size); n != fill.BlockSize+5 {
		t.Errorf("kept %d bytes, want %d", n, fill.BlockSize+5)
	}
	// The last block is marked, and the data is too short to hold it.
	if diff := cmp.Diff([]bool{false, true, false}, openJournal(t, root, "a", size, nothing)); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if n := fill.Kept(root, "journal", "a", 9*size); n != 0 {
		t.Errorf("kept %d bytes of another size", n)
	}
	if there := openJournal(t, root, "b", size, nothing); len(there) > 0 {
		t.Errorf("another file has %v", there)
	}
	if fi, err := root.Stat("data"); err != nil || fi.Size() != 0 {
		t.Errorf("the bytes of another file stay: %v, %v", fi, err)
	}
}
