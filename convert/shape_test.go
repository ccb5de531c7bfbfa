package convert_test

import (
	"bytes"
	stdcmp "cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset/lineage"
	"github.com/promptmill/promptmill/convert/mapping"
)

func promptsOf(t *testing.T, out []byte) (list []string) {
	t.Helper()
	for _, l := range decode[strictLine](t, out) {
		list = append(list, l.Prompt)
	}
	return list
}

// Shards one after the other are the whole, over the bounds of files, and each accounts for the rows of the others.
func TestRun_shard(t *testing.T) {
	rows := numbered(101)
	src := source(write(t, rows[:40]), write(t, rows[40:41]), write(t, rows[41:]))
	whole, _ := run(t, src, convert.Options{})
	for _, n := range []int64{1, 2, 7, 101} {
		var lines []byte
		for i := range n {
			out, report := run(t, src, convert.Options{Shard: convert.Shard{Index: i, Count: n}})
			lines = append(lines, out...)
			if got := report.Manifest.Rows.Dropped["in another shard"]; got != 101-report.Manifest.Rows.Written {
				t.Errorf("shard %d/%d: %d rows in another shard, %d written", i, n, got, report.Manifest.Rows.Written)
			}
		}
		if diff := cmp.Diff(string(whole), string(lines)); diff != "" {
			t.Errorf("%d shards, put together again (-want +got):\n%s", n, diff)
		}
	}
}

func TestRun_sample(t *testing.T) {
	src := source(write(t, numbered(300)))
	all := promptsOf(t, first(run(t, src, convert.Options{})))
	drawn := make(map[string]int)
	for seed := range uint64(200) {
		out, report := run(t, src, convert.Options{Sample: 30, Seed: seed})
		got := promptsOf(t, out)
		if len(got) != 30 || report.Manifest.Rows.Dropped["not in the sample"] != 270 {
			t.Fatalf("seed %d: %d lines, dropped %v", seed, len(got), report.Manifest.Rows.Dropped)
		}
		at := -1
		for _, p := range got {
			drawn[p]++
			next := slices.Index(all, p)
			if next <= at {
				t.Fatalf("seed %d: %s is out of order", seed, p)
			}
			at = next
		}
		if again := first(run(t, src, convert.Options{Sample: 30, Seed: seed})); !bytes.Equal(out, again) {
			t.Fatalf("seed %d gives other bytes again", seed)
		}
	}
	for _, p := range all { // 20 times is expected; the seeds are fixed, so is the outcome
		if n := drawn[p]; n < 5 || n > 40 {
			t.Errorf("%s is in %d of 200 samples of a tenth", p, n)
		}
	}
	if out, _ := run(t, src, convert.Options{Sample: 1000}); len(promptsOf(t, out)) != 300 {
		t.Error("a sample larger than the dataset is not the dataset")
	}
}

func first[T, U any](t T, _ U) T { return t }

func TestRun_shuffle(t *testing.T) {
	src := source(write(t, numbered(500)))
	all := first(run(t, src, convert.Options{}))
	one := first(run(t, src, convert.Options{Shuffle: true, Seed: 1}))
	if again := first(run(t, src, convert.Options{Shuffle: true, Seed: 1})); !bytes.Equal(one, again) {
		t.Error("the same seed gives other bytes")
	}
	if two := first(run(t, src, convert.Options{Shuffle: true, Seed: 2})); bytes.Equal(one, two) || bytes.Equal(one, all) {
		t.Error("another seed gives the same order, or nothing is shuffled")
	}
	if diff := cmp.Diff(sortedLines(all), sortedLines(one)); diff != "" {
		t.Errorf("lines (-all +shuffled):\n%s", diff)
	}
	few := promptsOf(t, first(run(t, src, convert.Options{Shuffle: true, Sample: 20, Seed: 1})))
	kept := promptsOf(t, first(run(t, src, convert.Options{Sample: 20, Seed: 1})))
	slices.Sort(few)
	slices.Sort(kept)
	if diff := cmp.Diff(kept, few); diff != "" {
		t.Errorf("a shuffled sample has other lines (-sample +shuffled):\n%s", diff)
	}
}

func sortedLines(text []byte) []string {
	return slices.Sorted(strings.Lines(string(text)))
}

// A shuffle of more than fits in memory is the shuffle of its small rows as if there were no others: the order depends
// on the seed and the numbers of the rows alone. Nothing is left on disk.
func TestRun_shuffleOnDisk(t *testing.T) {
	scratch := t.TempDir()
	big := numbered(400)
	for i := range big {
		a := strings.Repeat(*big[i].Answer+" ", 200_000/len(*big[i].Answer))
		big[i].Answer = &a
	}
	small := numbered(400)
	o := convert.Options{Shuffle: true, Seed: 7, Scratch: scratch}
	want := promptsOf(t, first(run(t, source(write(t, small)), o)))
	src := source(write(t, big))
	out, _ := run(t, src, o)
	lines := decode[strictLine](t, out)
	for i, l := range lines {
		if l.Prompt != want[i] || !strings.HasPrefix(l.Expected, "a"+strings.TrimPrefix(l.Prompt, "q")+" ") {
			t.Fatalf("line %d is %s, expected %.20s; want %s", i, l.Prompt, l.Expected, want[i])
		}
	}
	o.Sample = 350
	if sampled := decode[strictLine](t, first(run(t, src, o))); len(sampled) != 350 {
		t.Errorf("%d lines, want 350", len(sampled))
	}
	if left, _ := os.ReadDir(scratch); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The limit comes before the shuffle: the first prompts, in another order.
func TestRun_shuffleLimit(t *testing.T) {
	src := source(write(t, numbered(50)))
	got := promptsOf(t, first(run(t, src, convert.Options{Shuffle: true, Limit: 10})))
	want := promptsOf(t, first(run(t, src, convert.Options{Limit: 10})))
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRun_shapeWithoutDisk(t *testing.T) {
	rows := numbered(300)
	long := strings.Repeat("x", 200_000)
	for i := range rows {
		rows[i].Answer = &long
	}
	src := source(write(t, rows))
	for _, o := range []convert.Options{{Shuffle: true}, {Sample: 200}} {
		o.Scratch = t.TempDir() + "/gone"
		if _, err := convert.Run(t.Context(), src, io.Discard, o); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%+v: got %v, want one that the folder is not there", o, err)
		}
	}
}

func unpack(t *testing.T, c convert.Compression, data []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(data)
	var err error
	switch c {
	case convert.Gzip:
		r, err = gzip.NewReader(r)
	case convert.Zstd:
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestRun_compression(t *testing.T) {
	src := source(write(t, numbered(20_000)))
	plain, report := run(t, src, convert.Options{})
	for _, c := range []convert.Compression{convert.Gzip, convert.Zstd} {
		var out bytes.Buffer
		packed, err := convert.Run(t.Context(), src, &out, convert.Options{Compression: c})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(unpack(t, c, out.Bytes()), plain) {
			t.Errorf("%s: what comes out is not what is written without", c)
		}
		got, want := packed.Manifest.Output, report.Manifest.Output
		if got.Text == nil || got.Text.SHA256 != want.SHA256 || got.Text.Bytes != want.Bytes || got.SHA256 != sha(out.Bytes()) || got.Bytes != int64(out.Len()) {
			t.Errorf("%s: the manifest says %+v, %+v", c, got, got.Text)
		}
		var again bytes.Buffer
		if _, err := convert.Run(t.Context(), src, &again, convert.Options{Compression: c}); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Errorf("%s: other bytes the second time, %v", c, err)
		}
	}
}

// Parts, put together, are the output; each is what the manifest says of it.
func TestRun_parts(t *testing.T) {
	src := source(write(t, numbered(20_000)))
	whole := first(run(t, src, convert.Options{}))
	for _, tt := range []struct {
		o    convert.Options
		want int
	}{
		{convert.Options{MaxRowsPerFile: 9000}, 3},
		{convert.Options{MaxRowsPerFile: 10_000}, 2},
		{convert.Options{MaxRowsPerFile: 1 << 40}, 1},
		{convert.Options{MaxRowsPerFile: 7000, Compression: convert.Zstd}, 3},
		{convert.Options{MaxRowsPerFile: 7000, Compression: convert.Gzip}, 3},
	} {
		var files []*bytes.Buffer
		tt.o.NextFile = func() (io.Writer, string, error) {
			files = append(files, new(bytes.Buffer))
			return files[len(files)-1], fmt.Sprint("part ", len(files)), nil
		}
		report, err := convert.Run(t.Context(), src, nil, tt.o)
		if err != nil {
			t.Fatal(err)
		}
		var text, bytesOut []byte
		m := report.Manifest.Output
		for i, f := range files {
			part := unpack(t, tt.o.Compression, f.Bytes())
			text, bytesOut = append(text, part...), append(bytesOut, f.Bytes()...)
			want := convert.ManifestPart{Name: fmt.Sprint("part ", i+1), SHA256: sha(f.Bytes()), Bytes: int64(f.Len()), Lines: int64(bytes.Count(part, []byte("\n")))}
			if m.Parts[i] != want {
				t.Errorf("part %d: the manifest says %+v, want %+v", i, m.Parts[i], want)
			}
		}
		if len(files) != tt.want || len(m.Parts) != tt.want || !bytes.Equal(text, whole) || m.SHA256 != sha(bytesOut) {
			data, _ := json.Marshal(m)
			t.Errorf("%d a file: %d files, %s", tt.o.MaxRowsPerFile, len(files), data)
		}
	}
}

// Each turn is a prompt: what is added is in the books, and a limit is exact within a row.
func TestRun_eachTurn(t *testing.T) {
	type row struct {
		Turns     []string `parquet:"turns,list"`
		Reference []string `parquet:"reference,list"`
	}
	src := source(write(t, []row{{[]string{"1", "2", " "}, []string{"a", "b", "c"}}, {[]string{"3", "4"}, []string{"d"}}, {}}))
	for _, tt := range []struct {
		limit int64
		want  convert.Ledger
		lines []string
	}{
		{0, convert.Ledger{Read: 3, Added: 3, Written: 3, Dropped: map[string]int64{"prompt is blank": 1, "expected is missing": 1, "prompt is null": 1}}, []string{"1", "2", "3"}},
		{1, convert.Ledger{Read: 1, Written: 1, Dropped: map[string]int64{}}, []string{"1"}},
		{2, convert.Ledger{Read: 1, Added: 1, Written: 2, Dropped: map[string]int64{}}, []string{"1", "2"}},
	} {
		var out bytes.Buffer
		report, err := convert.Run(t.Context(), src, &out, convert.Options{Limit: tt.limit, Mapping: mapping.Options{Turns: mapping.EachTurn}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, report.Manifest.Rows); diff != "" {
			t.Errorf("limit %d: the books (-want +got):\n%s", tt.limit, diff)
		}
		if diff := cmp.Diff(tt.lines, promptsOf(t, out.Bytes())); diff != "" {
			t.Errorf("limit %d: prompts (-want +got):\n%s", tt.limit, diff)
		}
	}
}

// The lineage leads from every line to its row, through shuffles, samples, turns and parts.
func TestRun_lineage(t *testing.T) {
	rows := append(numbered(60), pair(" ", "dropped"))
	src := source(write(t, rows[:25]), write(t, rows[25:]))
	for _, o := range []convert.Options{
		{}, {Limit: 30}, {Shuffle: true, Seed: 3}, {Sample: 20, Shuffle: true, MaxRowsPerFile: 7}, {Shard: convert.Shard{Index: 1, Count: 3}},
	} {
		var back, out bytes.Buffer
		o.Lineage = &back
		o.NextFile = func() (io.Writer, string, error) { return &out, "part", nil }
		report, err := convert.Run(t.Context(), src, &out, o)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := parquet.Read[lineage.Entry](bytes.NewReader(back.Bytes()), int64(back.Len()))
		if err != nil {
			t.Fatal(err)
		}
		lines := promptsOf(t, out.Bytes())
		if int64(len(entries)) != report.Manifest.Rows.Written || len(entries) != len(lines) {
			t.Fatalf("%d entries, %d lines", len(entries), len(lines))
		}
		for i, e := range entries {
			split := stdcmp.Or(o.MaxRowsPerFile, 1<<40)
			if e.Part != int64(i)/split+1 || e.Line != int64(i)%split+1 {
				t.Errorf("line %d is line %d of part %d", i+1, e.Line, e.Part)
			}
			at := int(e.Row)
			if e.Source == src.Files[1].Name {
				at += 25
			}
			q := rows[at]
			if *q.Question != lines[i] || e.SHA256 != sha(fmt.Appendf(nil, `{"question":"%s","answer":"%s"}`, *q.Question, *q.Answer)) {
				t.Errorf("line %d is %s, and the lineage leads to %s with %s", i+1, lines[i], *q.Question, e.SHA256)
			}
		}
	}
}
