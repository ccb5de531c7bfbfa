package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/convert/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openFixture(t testing.TB, name string) *dataset.File {
	t.Helper()
	f, err := dataset.Open("../../testdata/parquet/" + name + ".parquet")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestSchema_fixtures(t *testing.T) {
	tests := []struct {
		name, schema string
		labels       map[string][]string
	}{
		{"qa", "question: string, answer: string", nil},
		{"chat", "id: string, messages: list<struct<role: string, content: string>>", nil},
		{"mcq", "question: string, subject: string, choices: list<string>, answer: int64",
			map[string][]string{"answer": {"A", "B", "C", "D"}}},
	}
	for _, tt := range tests {
		s := openFixture(t, tt.name).Schema()
		if s.String() != tt.schema {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.schema)
		}
		if diff := cmp.Diff(tt.labels, s.Labels); diff != "" {
			t.Errorf("%s: labels (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestBatches_rowGroups(t *testing.T) {
	f := openFixture(t, "multi_rowgroup")
	var got []string
	for b, err := range f.Batches(t.Context(), []string{"answer"}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := b.Column("question"); ok {
			t.Error("a column that was not asked for is there")
		}
		c, ok := b.Column("answer")
		if !ok {
			t.Fatal("the column is missing")
		}
		for i := range b.NumRows() {
			got = append(got, fmt.Sprint(b.FirstRow()+int64(i), "=", c.Value(i).Text()))
		}
	}
	want := []string{"0=0", "1=1", "2=4", "3=9", "4=16", "5=25", "6=36", "7=49", "8=64", "9=81"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestBatches_noColumns(t *testing.T) {
	f := openFixture(t, "multi_rowgroup")
	rows := 0
	for b, err := range f.Batches(t.Context(), []string{}) {
		if err != nil {
			t.Fatal(err)
		}
		rows += b.NumRows()
	}
	if rows != 10 {
		t.Errorf("%d rows, want 10", rows)
	}
}

func TestBatches_unknownColumn(t *testing.T) {
	for b, err := range openFixture(t, "qa").Batches(t.Context(), []string{"question", "nope"}) {
		if b != nil || !errors.Is(err, dataset.ErrNoColumn) {
			t.Fatalf("batch %v, error %v, want %v", b, err, dataset.ErrNoColumn)
		}
		if !strings.Contains(err.Error(), `"nope"`) || !strings.Contains(err.Error(), "question: string") {
			t.Errorf("error %q does not name the column and those there are", err)
		}
	}
}

func TestBatches_cancelled(t *testing.T) {
	why := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var last error
	n := 0
	for _, err := range openFixture(t, "multi_rowgroup").Batches(ctx, nil) {
		n, last = n+1, err
		cancel(why)
	}
	if n != 2 || !errors.Is(last, why) {
		t.Errorf("%d steps, last error %v, want a batch and then %v", n, last, why)
	}
}

// A panic of the caller in the loop is the caller's: it is not taken for a damaged file.
func TestBatches_callersPanic(t *testing.T) {
	defer func() {
		if recover() != "mine" {
			t.Error("the panic did not come through")
		}
	}()
	for range openFixture(t, "qa").Batches(t.Context(), nil) {
		panic("mine")
	}
}

func TestBatches_atOnce(t *testing.T) {
	f := openFixture(t, "multi_rowgroup")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if rows, err := drainFile(t, f); rows != 10 || err != nil {
				t.Errorf("%d rows, error %v", rows, err)
			}
		})
	}
	wg.Wait()
}

// counting counts the bytes read.
type counting struct {
	io.ReaderAt
	n int64
}

func (c *counting) ReadAt(b []byte, off int64) (int, error) {
	c.n += int64(len(b))
	return c.ReaderAt.ReadAt(b, off)
}

type wide struct {
	Small string `parquet:"small,plain"`
	Large string `parquet:"large,plain"`
}

// oneGroup is a file of one row group: n rows, each with a text of size bytes that differs.
func oneGroup(t testing.TB, n, size int) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := parquet.NewGenericWriter[wide](&buf, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(1<<30), parquet.PageBufferSize(64<<10))
	pad := strings.Repeat("the mill grinds ", size/16+1)[:size]
	rows := make([]wide, n)
	for i := range rows {
		rows[i] = wide{fmt.Sprint(i), fmt.Sprint(i, pad)}
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestBatches_readsOnlyTheColumnsAskedFor(t *testing.T) {
	data := oneGroup(t, 2000, 3000)
	src := &counting{ReaderAt: bytes.NewReader(data)}
	f, err := dataset.New("x.parquet", src, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	src.n = 0
	for _, err := range f.Batches(t.Context(), []string{"small"}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	small := src.n
	if _, err := drainFile(t, f); err != nil {
		t.Fatal(err)
	}
	if all := src.n - small; small*2 > all {
		t.Errorf("%d bytes read for the small column, %d for both", small, all)
	}
}

// Batches are bounded in rows and in bytes, and memory does not grow with the row group.
func TestBatches_bounded(t *testing.T) {
	for _, tt := range []struct {
		rows, size, most int
		allocated        uint64 // MiB
	}{
		{9_000, 10, 4096, 16},
		{16_000, 4_000, 2_000, 32}, // of 64
		{6, 3 << 20, 2, 64},        // the writer puts all into one page, which is the unit
	} {
		data := oneGroup(t, tt.rows, tt.size)
		f, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rows := 0
		for b, err := range f.Batches(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			if b.NumRows() > tt.most {
				t.Errorf("a batch of %d rows of %d bytes, want at most %d", b.NumRows(), tt.size, tt.most)
			}
			c, _ := b.Column("large")
			if got, want := c.Value(0).Str()[:1], fmt.Sprint(rows)[:1]; got != want {
				t.Errorf("row %d begins with %q, want %q", rows, got, want)
			}
			rows += b.NumRows()
		}
		runtime.ReadMemStats(&after)
		if rows != tt.rows {
			t.Errorf("%d rows, want %d", rows, tt.rows)
		}
		// All that the scan ever allocated, so a multiple of what it held at once.
		if used := after.TotalAlloc - before.TotalAlloc; used > tt.allocated<<20 {
			t.Errorf("%d rows of %d bytes: %d MiB allocated", tt.rows, tt.size, used>>20)
		}
	}
}
