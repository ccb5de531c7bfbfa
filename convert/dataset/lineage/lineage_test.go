package lineage_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert/dataset/lineage"
)

// entries are n of them, over several files and parts.
func entries(n int) []lineage.Entry {
	list := make([]lineage.Entry, n)
	for i := range list {
		row := int64(i)
		list[i] = lineage.Entry{
			Part: row/1000 + 1, Line: row%1000 + 1, Source: fmt.Sprintf("data/train-%05d.parquet", row/70_000), Row: row % 70_000,
			SHA256: fmt.Sprintf("%064x", row),
		}
	}
	return list
}

func write(t *testing.T, list []lineage.Entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := lineage.NewWriter(&out)
	for _, e := range list {
		if err := w.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWriter holds that every entry comes back, in order, from row groups of bounded size, and that the same entries are the
// same bytes.
func TestWriter(t *testing.T) {
	const groupRows = 1 << 17
	for _, n := range []int{0, 1, 1023, 1024, 1025, groupRows, groupRows + 1} {
		want := entries(n)
		data := write(t, want)
		got, err := parquet.Read[lineage.Entry](bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("%d entries: %v", n, err)
		}
		if len(got) != n || n > 0 && !cmp.Equal(want, got) {
			t.Errorf("%d entries come back as %d, or as others", n, len(got))
		}
		f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range f.RowGroups() {
			if g.NumRows() > groupRows {
				t.Errorf("%d entries: a row group of %d", n, g.NumRows())
			}
		}
		if !bytes.Equal(data, write(t, want)) {
			t.Errorf("%d entries written twice give other bytes", n)
		}
	}
}

// TestWriter_columns holds the names and types that people join by.
func TestWriter_columns(t *testing.T) {
	data := write(t, entries(3))
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range f.Root().Columns() {
		if c.Optional() {
			t.Errorf("%s may be null", c.Name())
		}
		got = append(got, c.Name()+" "+c.Type().String())
	}
	want := []string{"part INT(64,true)", "line INT(64,true)", "source STRING", "row INT(64,true)", "row_sha256 STRING"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// limited takes some bytes and then no more.
type limited struct{ left int }

var errFull = errors.New("no space left")

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.left {
		return 0, errFull
	}
	l.left -= len(b)
	return len(b), nil
}

// TestWriter_full: a disk that is full is an error by the end at the latest, wherever it happens.
func TestWriter_full(t *testing.T) {
	list := entries(5000)
	size := len(write(t, list))
	for _, room := range []int{0, 3, size / 2, size - 1} {
		w := lineage.NewWriter(&limited{room})
		var err error
		for _, e := range list {
			if err = w.Add(e); err != nil {
				break
			}
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "write the lineage: ") {
			t.Errorf("room for %d of %d bytes: %v", room, size, err)
		}
	}
}
