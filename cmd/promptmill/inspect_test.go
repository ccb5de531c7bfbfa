package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// parquetOf returns a parquet file of rows.
func parquetOf[T any](t *testing.T, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := parquet.Write(&buf, rows, options...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

type number struct {
	N int64 `parquet:"n"`
}

// Of a dataset of many files the first is described, of some others the rows are counted, of the rest only what the Hub says.
func TestInspect_manyFiles(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range 20 {
		rows := make([]number, i+1)
		fsys[fmt.Sprintf("org/many/data/train-%05d-of-00020.parquet", i)] = &fstest.MapFile{Data: parquetOf(t, rows)}
	}
	var moved traffic
	s := newShop(t, fsys, hubtest.Options{Observe: moved.observe})
	code, stdout, stderr := s.run(t, "inspect", "--json", "hf://datasets/org/many")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var got inspection
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Dataset.Files) != 20 || len(got.Files) != maxFooters || got.Files[0].Columns == nil || got.Files[1].Columns != nil {
		t.Errorf("%d files, %d opened", len(got.Dataset.Files), len(got.Files))
	}
	for i, f := range got.Files {
		if f.Rows != int64(i+1) {
			t.Errorf("%s has %d rows, want %d", f.Name, f.Rows, i+1)
		}
	}
	if _, requests := moved.take(); requests != maxFooters {
		t.Errorf("%d requests, want %d", requests, maxFooters)
	}
	_, stdout, _ = s.run(t, "inspect", "hf://datasets/org/many")
	for _, want := range []string{"20 files, ", "00000-of-00020.parquet  ", " 1 row\n", " 16 rows\n", "  and 4 more\n", "convert: no rule matches the columns; say which"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

// Bytes are not looked at: no sample of an image can be read, and images are large.
func TestInspect_leavesBytesAlone(t *testing.T) {
	type picture struct {
		Image  []byte `parquet:"image,plain"`
		Prompt string `parquet:"prompt"`
	}
	rows := make([]picture, 400)
	for i := range rows {
		rows[i] = picture{bytes.Repeat([]byte{0xff, byte(i)}, 10_000), fmt.Sprint("what is ", i)}
	}
	var moved traffic
	s := newShop(t, fstest.MapFS{"org/art/data/train.parquet": {Data: parquetOf(t, rows)}}, hubtest.Options{Observe: moved.observe})
	code, stdout, stderr := s.run(t, "inspect", "hf://datasets/org/art")
	if code != exitOK || !strings.Contains(stdout, `"what is 0"`) {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if n, _ := moved.take(); n > 300<<10 {
		t.Errorf("%d bytes came, of pictures of %d", n, len(rows)*20_000)
	}
}

// Names and values can hold anything; a terminal shows it as text on the line where it belongs.
func TestInspect_hostileNames(t *testing.T) {
	type row struct {
		Prompt string            `parquet:"prompt"`
		Weird  map[string]string `parquet:"we\x1b[31mird\nname\u202e\u009b"`
		Long   string            `parquet:"x"`
	}
	rows := []row{{"a\x1b]0;title\a\r\nb", map[string]string{"k\x1b": "v\n"}, strings.Repeat("long ", 1000)}}
	keys := parquet.KeyValueMetadata("key\x1b[2J\n", "value")
	s := newShop(t, fstest.MapFS{"org/bad/data/train.parquet": {Data: parquetOf(t, rows, keys)}}, hubtest.Options{})
	for _, args := range [][]string{{"inspect", "hf://datasets/org/bad"}, {"inspect", "--rows", "1", "hf://datasets/org/bad"}, {"inspect", "--json", "hf://datasets/org/bad"}} {
		code, stdout, stderr := s.run(t, args...)
		if code != exitOK {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		if strings.ContainsAny(stdout+stderr, "\x1b\a\r\u202e\u009b") {
			t.Errorf("%v: control characters in\n%q", args, stdout+stderr)
		}
		if len(args) > 2 && !json.Valid([]byte(stdout)) {
			t.Errorf("%v: no JSON: %s", args, stdout)
		}
		if len(args) > 2 {
			continue
		}
		lines := strings.Split(stdout, "\n")
		for _, line := range lines {
			if len(line) > 400 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
		if n := len(lines); n > 20 {
			t.Errorf("%d lines:\n%s", n, stdout)
		}
	}
}

// Rows that cannot be read do not hide what the footer says.
func TestInspect_damagedPages(t *testing.T) {
	data := parquetOf(t, numbersOf(1000))
	copy(data[4:], bytes.Repeat([]byte{0xee}, 64))
	s := newShop(t, fstest.MapFS{"org/torn/data/train.parquet": {Data: data}}, hubtest.Options{})
	code, stdout, stderr := s.run(t, "inspect", "hf://datasets/org/torn")
	if code != exitInput || !strings.Contains(stdout, "1000 rows in 1 row group") || strings.Count(stderr, "corrupt") != 1 {
		t.Errorf("exit code %d\nstdout:\n%s\nstderr:\n%s", code, stdout, stderr)
	}
}

func numbersOf(n int) []number {
	rows := make([]number, n)
	for i := range rows {
		rows[i].N = int64(i) * 7919
	}
	return rows
}

func TestByteSize(t *testing.T) {
	got := map[int64]string{}
	for _, n := range []int64{0, 1023, 1024, 1536, 999 << 10, 1000 << 10, 1 << 20, 5 << 30, 1 << 60} {
		got[n] = byteSize(n)
	}
	want := map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 999 << 10: "999 KiB", 1000 << 10: "0.977 MiB", 1 << 20: "1 MiB",
		5 << 30: "5 GiB", 1 << 60: "1 EiB",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// saved writes data to a file.
func saved(t *testing.T, s *shop, data []byte) string {
	t.Helper()
	path := filepath.Join(s.dir, "data.parquet")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Of columns with one name each has its own, everywhere, and that is said.
func TestInspect_columnsOfOneName(t *testing.T) {
	type row struct {
		Prompt string `parquet:"prompt"`
		Other  string `parquet:"promp2"`
	}
	s := &shop{dir: t.TempDir()}
	path := saved(t, s, bytes.ReplaceAll(parquetOf(t, []row{{"a", "b"}}), []byte("promp2"), []byte("prompt")))
	const notice = "names that are there more than once: another prompt is called prompt_1 here; --prompt-column and --expected-column choose"
	code, stdout, stderr := s.run(t, "inspect", path)
	if code != exitOK || !regexp.MustCompile(`(?s)\nprompt  .*"a"\nprompt_1  .*"b"\n.*`+notice).MatchString(stdout) {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{`{"prompt":"a","prompt_1":"b"}`, []string{"inspect", "--rows", "1", path}},
		{`{"prompt":"a"}`, []string{"convert", path, "--layout", "vllm", "-o", "-"}},
		{`{"prompt":"b"}`, []string{"convert", path, "--layout", "vllm", "--prompt-column", "prompt_1", "-o", "-"}},
	} {
		code, stdout, stderr := s.run(t, tt.args...)
		if code != exitOK || stdout != tt.want+"\n" || !strings.Contains(stderr, notice) {
			t.Errorf("%v: exit code %d, %sstderr:\n%s", tt.args, code, stdout, stderr)
		}
	}
}

// A column of bytes that cannot be read is as bad as one of text.
func TestInspect_damagedBytes(t *testing.T) {
	type blob struct {
		B []byte `parquet:"b,plain"`
	}
	data := parquetOf(t, []blob{{[]byte("one")}, {[]byte("two")}})
	copy(data[4:], bytes.Repeat([]byte{0xee}, 16))
	s := newShop(t, fstest.MapFS{"org/torn/data/train.parquet": {Data: data}}, hubtest.Options{})
	for _, name := range []string{saved(t, s, data), "hf://datasets/org/torn"} {
		code, stdout, stderr := s.run(t, "inspect", name)
		if code != exitInput || !strings.Contains(stdout, "2 rows in 1 row group") || strings.Count(stderr, "corrupt") != 1 {
			t.Errorf("%s: exit code %d\nstdout:\n%s\nstderr:\n%s", name, code, stdout, stderr)
		}
	}
}

// The first file that has rows shows what is in them, and the rows of all files are added up.
func TestInspect_emptyFirstFile(t *testing.T) {
	s := newShop(t, fstest.MapFS{
		"org/mix/data/train-00000-of-00003.parquet":  {Data: parquetOf(t, numbersOf(0))},
		"org/mix/data/train-00001-of-00003.parquet":  {Data: parquetOf(t, numbersOf(3)[1:])},
		"org/mix/data/train-00002-of-00003.parquet":  {Data: parquetOf(t, numbersOf(5))},
		"org/none/data/train-00000-of-00002.parquet": {Data: parquetOf(t, numbersOf(0))},
		"org/none/data/train-00001-of-00002.parquet": {Data: parquetOf(t, numbersOf(0))},
	}, hubtest.Options{})
	code, stdout, stderr := s.run(t, "inspect", "hf://datasets/org/mix")
	if code != exitOK || !regexp.MustCompile(`\n3 files, .*, 7 rows\n`).MatchString(stdout) || !regexp.MustCompile(`\nn .* 7919\n`).MatchString(stdout) {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	for name, rows := range map[string]int64{"mix": 7, "none": 0} {
		_, stdout, _ = s.run(t, "inspect", "--json", "hf://datasets/org/"+name)
		var got inspection
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatal(err)
		}
		if got.Total.Rows == nil || *got.Total.Rows != rows || got.Total.Files != len(got.Files) || got.Total.Bytes != got.Dataset.Bytes || got.Total.Bytes == 0 {
			t.Errorf("%s: total %+v", name, got.Total)
		}
		described := 0
		for _, f := range got.Files {
			if f.Columns != nil {
				described++
			}
		}
		if described != 1 {
			t.Errorf("%s: %d files are described, want 1", name, described)
		}
	}
}
