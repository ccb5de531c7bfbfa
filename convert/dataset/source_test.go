package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset"
)

// far is a source that notes what is done with it and fails from a read on.
type far struct {
	*bytes.Reader
	mu     sync.Mutex
	reads  []string // "at+length"
	closed int
	fail   error
	good   int    // reads before fail
	before func() // a read
}

func newFar(data []byte) *far { return &far{Reader: bytes.NewReader(data)} }

func (f *far) ReadAt(b []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.before != nil {
		f.before()
	}
	if f.fail != nil && len(f.reads) >= f.good {
		return 0, f.fail
	}
	f.reads = append(f.reads, fmt.Sprintf("%d+%d", off, len(b)))
	return f.Reader.ReadAt(b, off)
}

func (f *far) Close() error { f.closed++; return nil }

// farStreamer can stream, too.
type farStreamer struct {
	*far
	plan   [][][2]int64
	stream *far
}

func (f *farStreamer) Stream(_ context.Context, steps [][][2]int64) dataset.Stream {
	f.plan = steps
	return f.stream
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/parquet/" + name + ".parquet")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A good file costs the reads of its end: the length of the footer, and the footer.
func TestOpenSource_readsTheEnd(t *testing.T) {
	data := fixture(t, "qa")
	src := newFar(data)
	f, err := dataset.OpenSource("x.parquet", src)
	if err != nil {
		t.Fatal(err)
	}
	footer := f.Info().Footer
	want := []string{fmt.Sprintf("%d+8", len(data)-8), fmt.Sprintf("%d+%d", int64(len(data))-8-footer, footer)}
	if diff := cmp.Diff(want, src.reads); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	f.Close()
	if src.closed != 1 {
		t.Errorf("closed %d times", src.closed)
	}
}

func TestOpenSource_closesWhatItCannotOpen(t *testing.T) {
	src := newFar([]byte("<!DOCTYPE html><title>Welcome to our network</title>"))
	_, err := dataset.OpenSource("x.parquet", src)
	checkError(t, err, "x.parquet", dataset.ErrUnreadable, "HTML page")
	if src.closed != 1 {
		t.Errorf("closed %d times", src.closed)
	}
}

// errNetwork is an error of a source's own kind.
type errNetwork struct{ host string }

func (e *errNetwork) Error() string { return e.host + " is down" }

// What the source says of itself stays visible, wherever it says it.
func TestOpenSource_errorsOfTheSource(t *testing.T) {
	data := fixture(t, "qa")
	for good := range 4 {
		src := newFar(data)
		src.fail, src.good = &errNetwork{"hub.test"}, good
		f, err := dataset.OpenSource("x.parquet", src)
		if err == nil {
			_, err = drainFile(t, f)
			f.Close()
		}
		e, ok := errors.AsType[*errNetwork](err)
		if !ok || e.host != "hub.test" {
			t.Errorf("after %d reads: error %v, want that of the source", good, err)
		}
		checkError(t, err, "x.parquet", dataset.ErrUnreadable, "hub.test is down")
		if src.closed != 1 {
			t.Errorf("closed %d times", src.closed)
		}
	}
}

// A source that can stream is told which parts will be read, reads go to the stream, inside of those parts, and it is
// closed whenever reading stops.
func TestBatches_streams(t *testing.T) {
	data := fixture(t, "multi_rowgroup")
	for _, stop := range []bool{false, true} {
		src := &farStreamer{far: newFar(data), stream: newFar(data)}
		f, err := dataset.OpenSource("x.parquet", src)
		if err != nil {
			t.Fatal(err)
		}
		opened := len(src.reads)
		for _, err := range f.Batches(t.Context(), []string{"answer"}) {
			if err != nil {
				t.Fatal(err)
			}
			if stop {
				break
			}
		}
		if len(src.reads) != opened {
			t.Errorf("reads of the source itself: %v", src.reads[opened:])
		}
		if src.stream.closed != 1 || src.closed != 0 {
			t.Errorf("the stream was closed %d times, the source %d", src.stream.closed, src.closed)
		}
		var want []string
		for _, step := range src.plan {
			for _, p := range step {
				want = append(want, fmt.Sprintf("%d+%d", p[0], p[1]-p[0]))
			}
		}
		if len(want) != 3 {
			t.Errorf("the plan is %v, want one part for each of 3 row groups", src.plan)
		}
		if stop {
			want = want[:1]
		}
		if diff := cmp.Diff(want, src.stream.reads); diff != "" {
			t.Errorf("reads of the stream (-plan +got):\n%s", diff)
		}
		f.Close()
	}
}

// The end of the context is said as it is, not as a file that cannot be read.
func TestBatches_cancelledInARead(t *testing.T) {
	why := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	src := newFar(fixture(t, "multi_rowgroup"))
	f, err := dataset.OpenSource("x.parquet", src)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src.fail, src.before = io.ErrClosedPipe, func() { cancel(why) }
	for b, err := range f.Batches(ctx, nil) {
		if b != nil || err != why { //nolint:errorlint // exactly the cause, in no wrapping
			t.Errorf("batch %v, error %v, want %v", b, err, why)
		}
	}
}

// What a footer says of a file, against what pyarrow reads in it.
func TestFile_Info(t *testing.T) {
	f := openFixture(t, "mcq")
	got := f.Info()
	want := dataset.Info{
		Size: 1768, Footer: 869, Creator: "promptmill testdata/gen version 1(build 0)", Keys: []string{"huggingface"},
		RowGroups: []dataset.RowGroup{{Rows: 5, Columns: []dataset.ColumnChunk{
			{Compressed: 221, Uncompressed: 216, Codecs: []string{"snappy"}, Nulls: 0},
			{Compressed: 141, Uncompressed: 137, Codecs: []string{"snappy"}, Nulls: 1},
			{Compressed: 196, Uncompressed: 192, Codecs: []string{"snappy"}, Nulls: -1},
			{Compressed: 139, Uncompressed: 135, Codecs: []string{"snappy"}, Nulls: 1},
		}}},
	}
	for i := range got.RowGroups[0].Columns {
		c := &got.RowGroups[0].Columns[i]
		if !strings.Contains(strings.Join(c.Encodings, " "), "plain") {
			t.Errorf("column %d: encodings %v", i, c.Encodings)
		}
		c.Encodings = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFile_SHA256(t *testing.T) {
	sum, err := openFixture(t, "qa").SHA256(t.Context())
	if err != nil || len(sum) != 64 {
		t.Fatalf("%q, error %v", sum, err)
	}
	src := newFar(fixture(t, "qa"))
	f, err := dataset.OpenSource("x.parquet", src)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if again, err := f.SHA256(t.Context()); err != nil || again != sum {
		t.Errorf("%q, error %v, want %q", again, err, sum)
	}
	src.fail = &errNetwork{"hub.test"}
	_, err = f.SHA256(t.Context())
	checkError(t, err, "x.parquet", dataset.ErrUnreadable, "hub.test is down")
}

func TestBatch_AppendJSON(t *testing.T) {
	var got []string
	for b, err := range openFixture(t, "nulls").Batches(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.NumRows() {
			got = append(got, string(b.AppendJSON(nil, i)))
		}
	}
	for _, line := range got {
		if strings.ContainsAny(line, "\n\r") || !strings.HasPrefix(line, `{"`) || !strings.HasSuffix(line, "}") {
			t.Errorf("not an object on a line: %s", line)
		}
	}
	if len(got) == 0 || !strings.Contains(strings.Join(got, " "), ":null") {
		t.Errorf("no null in %v", got)
	}
}

// Old writers left the header of the dictionary out of the size of a column. What lies behind that size is read when it is
// needed, and up to a hundred bytes of it.
func TestBatches_columnThatIsLongerThanItSays(t *testing.T) {
	body := append(bytes.Repeat([]byte{0, 0, 0, 0}, 99), 150, 0, 0, 0)
	body = append(body, bytes.Repeat([]byte{'x'}, 150)...)
	page := dataPage(int32(len(body)), 100, format.Plain)
	for missing, ok := range map[int64]bool{0: true, 1: true, 60: true, 100: true, 101: false, 300: false} {
		f := forged{100, format.Uncompressed, page, body, func(c *format.ColumnChunk) { c.MetaData.TotalCompressedSize -= missing }}
		d, err := dataset.OpenSource("x.parquet", newFar(f.bytes(t)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := drainFile(t, d)
		d.Close()
		if ok && (rows != 100 || err != nil) || !ok && !errors.Is(err, dataset.ErrCorrupt) {
			t.Errorf("%d bytes missing: %d rows, error %v", missing, rows, err)
		}
	}
}
