package convert_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"go.uber.org/goleak"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/jsontext"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// writeGroups makes a parquet file of rows in row groups of size.
func writeGroups[T any](t *testing.T, rows []T, size int, codec compress.Codec) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.parquet")
	var buf bytes.Buffer
	if err := parquet.Write(&buf, rows, parquet.MaxRowsPerRowGroup(int64(size)), parquet.Compression(codec), parquet.PageBufferSize(10_000)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// mixed returns n rows of which some are dropped and some are cleaned, and which differ in length.
func mixed(n int) []qa {
	rows := make([]qa, n)
	for i := range rows {
		q := fmt.Sprintf("question %d \"é\"\n%s", i, strings.Repeat("ab \u200bcd ", i%97))
		a := fmt.Sprintf("answer %d", i)
		rows[i] = pair(q, a)
		switch i % 31 {
		case 3:
			rows[i].Question = nil
		case 9:
			rows[i] = pair(" \t", a)
		case 17:
			rows[i].Answer = nil
		}
	}
	return rows
}

func talks(n int) []talk {
	rows := make([]talk, n)
	for i := range rows {
		for k := range 1 + i%6 {
			role := "user"
			if k%2 == 1 {
				role = "assistant"
			}
			rows[i].Messages = append(rows[i].Messages, said{role, fmt.Sprintf("turn %d of %d%s", k, i, strings.Repeat(" more", i%50))})
		}
	}
	return rows
}

// outcome is all that a run gives: it must be the same for any number of workers.
type outcome struct {
	Output, Manifest, Error string
	Notices                 []string
}

func outcomeOf(t *testing.T, src convert.Source, o convert.Options, workers int) outcome {
	t.Helper()
	o.Workers = workers
	var out bytes.Buffer
	r, err := convert.Run(t.Context(), src, &out, o)
	if err != nil {
		return outcome{Error: err.Error()} // what was written is of no use
	}
	checkRows(t, r)
	m, err := r.Manifest.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return outcome{Output: out.String(), Manifest: string(m), Notices: r.Notices}
}

func checkRows(t *testing.T, r *convert.Report) {
	t.Helper()
	if err := r.Manifest.Rows.Check(); err != nil {
		t.Error(err)
	}
}

// compareWorkers checks that several workers do what one does, and returns that.
func compareWorkers(t *testing.T, src convert.Source, o convert.Options) outcome {
	t.Helper()
	want := outcomeOf(t, src, o, 1)
	for _, n := range []int{2, 5} {
		if diff := cmp.Diff(want, outcomeOf(t, src, o, n)); diff != "" {
			t.Errorf("%d workers (-one +several):\n%.2000s", n, diff)
		}
	}
	return want
}

func TestRun_workers(t *testing.T) {
	rows, chats := mixed(2500), talks(1200)
	options := map[string]convert.Options{
		"strict":  {},
		"txt":     {Format: convert.TXT},
		"filter":  {Filter: convert.Filter{Drop: []*regexp.Regexp{regexp.MustCompile("7")}, MinChars: 20}},
		"dedupe":  {Filter: convert.Filter{Dedupe: true}},
		"shard":   {Shard: convert.Shard{Index: 1, Count: 3}},
		"limit":   {Limit: 1900},
		"gzip":    {Compression: convert.Gzip},
		"zstd":    {Compression: convert.Zstd},
		"shuffle": {Shuffle: true, Seed: 3},
	}
	codecs := []compress.Codec{&parquet.Snappy, &parquet.Zstd, &parquet.Uncompressed}
	for i, size := range []int{1, 150, 100_000} {
		if size == 1 {
			rows, chats = rows[:300], chats[:300]
		} else {
			rows, chats = rows[:cap(rows)], chats[:cap(chats)]
		}
		codec := codecs[i%len(codecs)]
		flat := source(writeGroups(t, rows, size, codec), writeGroups(t, rows[:300], size, codec))
		for name, o := range options {
			t.Run(fmt.Sprintf("%s in groups of %d", name, size), func(t *testing.T) {
				if got := compareWorkers(t, flat, o); got.Error != "" || got.Output == "" {
					t.Errorf("%d bytes, error %q", len(got.Output), got.Error)
				}
			})
		}
		t.Run(fmt.Sprintf("messages in groups of %d", size), func(t *testing.T) {
			src := source(writeGroups(t, chats, size, codec))
			for _, layout := range []convert.Layout{convert.Strict, convert.Chat, convert.AIPerf} {
				compareWorkers(t, src, convert.Options{Layout: layout})
			}
		})
	}
}

// TestRun_workersLargeRows: rows that are larger than batches are.
func TestRun_workersLargeRows(t *testing.T) {
	var rows []qa
	for i := range 8 {
		rows = append(rows, pair(fmt.Sprint(i)+strings.Repeat("x", i%4*6<<20), "a"), pair("short", "b"))
	}
	compareWorkers(t, source(writeGroups(t, rows, 100, &parquet.Zstd)), convert.Options{})
}

// TestRun_workersErrors: the first error in the order of the file is the one that is told, at the same place.
func TestRun_workersErrors(t *testing.T) {
	rows := mixed(5000)
	rows[3500] = pair("bad \xff", "a")
	rows[4200] = pair("worse \xfe", "a")
	src := source(writeGroups(t, rows, 700, &parquet.Snappy))
	if got := compareWorkers(t, src, convert.Options{}); !strings.Contains(got.Error, "row 3500: prompt") {
		t.Errorf("error %q", got.Error)
	}
	if got := compareWorkers(t, src, convert.Options{Clean: clean.Options{Invalid: clean.InvalidDrop}}); got.Error != "" {
		t.Error(got.Error)
	}
	failing := convert.Options{Clean: clean.Options{Invalid: clean.InvalidDrop}, Check: func(text []byte, from int, _ []jsontext.Span) error {
		line := text[from:]
		if bytes.Contains(line, []byte("question 4000 ")) {
			return io.ErrNoProgress
		}
		return nil
	}}
	if got := compareWorkers(t, src, failing); !strings.Contains(got.Error, "line 3613: "+io.ErrNoProgress.Error()) {
		t.Errorf("error %q", got.Error)
	}
}

// TestRun_workersDamage: what a damaged file gives, or where it is found to be damaged, is the same.
func TestRun_workersDamage(t *testing.T) {
	data, err := os.ReadFile(writeGroups(t, mixed(3000), 500, &parquet.Zstd))
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for at := 100; at < len(data); at += max(1, len(data)/25) {
		bad := bytes.Clone(data)
		bad[at] ^= 0x5a
		path := filepath.Join(t.TempDir(), "bad.parquet")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if compareWorkers(t, source(path), convert.Options{Clean: clean.Options{Invalid: clean.InvalidReplace}}).Error != "" {
			failed++
		}
	}
	if failed == 0 {
		t.Error("no damage was found")
	}
}

// TestRun_workersCancelled: goleak sees whether all of them end.
func TestRun_workersCancelled(t *testing.T) {
	src := source(writeGroups(t, mixed(20_000), 1000, &parquet.Snappy))
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	o := convert.Options{Workers: 3, Progress: func(_, written int64) {
		if written > 2000 {
			cancel(stop)
		}
	}}
	if _, err := convert.Run(ctx, src, io.Discard, o); !errors.Is(err, stop) {
		t.Errorf("error %v, want %v", err, stop)
	}
}

func TestRun_workersWriter(t *testing.T) {
	src := source(writeGroups(t, mixed(20_000), 1000, &parquet.Snappy))
	if _, err := convert.Run(t.Context(), src, &faultyWriter{n: 2}, convert.Options{Workers: 3}); !errors.Is(err, errFull) {
		t.Errorf("got %v, want %v", err, errFull)
	}
}

// TestRun_workersPanic: a bug in a worker comes out where the caller can handle it.
func TestRun_workersPanic(t *testing.T) {
	src := source(writeGroups(t, mixed(20_000), 1000, &parquet.Snappy))
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "a bug") || !strings.Contains(p, "crew.go") {
			t.Errorf("panic %.200s", p)
		}
	}()
	convert.Run(t.Context(), src, io.Discard, convert.Options{Workers: 3, Check: func([]byte, int, []jsontext.Span) error { panic("a bug") }})
	t.Error("no panic")
}
