package dataset_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/promptmill/promptmill/convert/dataset"
)

// badData is what each damaged file of the corpus must say. The one without an error is sound: its
// dictionary places have a bit width of 0, which the format allows, and parquet-go, pyarrow and
// DuckDB read the same 21,186 zeros from it.
var badData = map[string]struct {
	is   error
	text string
}{
	"ARROW-GH-41317.parquet":              {dataset.ErrCorrupt, `column "timestamp_us_no_tz"`},
	"ARROW-GH-41321.parquet":              {dataset.ErrCorrupt, `column "int64"`},
	"ARROW-GH-43605.parquet":              {nil, ""},
	"ARROW-GH-45185.parquet":              {dataset.ErrCorrupt, "belongs to a row before the first"},
	"ARROW-GH-47662.parquet":              {dataset.ErrCorrupt, `column "flba_field"`},
	"ARROW-RS-GH-6229-DICTHEADER.parquet": {dataset.ErrCorrupt, "outside of the file"},
	"ARROW-RS-GH-6229-LEVELS.parquet":     {dataset.ErrCorrupt, "it declares 21 values, the column has 1 more"},
	"PARQUET-1481.parquet":                {dataset.ErrCorrupt, "physical type -7"},
	"lfs-pointer.parquet":                 {dataset.ErrUnreadable, "git lfs pull"},
}

func TestBadData_eachSaysWhatIsWrong(t *testing.T) {
	dir := filepath.Join(corpus(t), "parquet-testing", "bad_data")
	for _, path := range parquetFiles(t, dir, "") {
		name := filepath.Base(path)
		want, ok := badData[name]
		if !ok {
			t.Errorf("%s has no verdict", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			rows, err := drain(t, path)
			if want.is == nil {
				if err != nil || rows != 21186 {
					t.Errorf("%d rows, error %v", rows, err)
				}
				return
			}
			checkError(t, err, path, want.is, want.text)
		})
	}
}

func TestOpen_recognisesWhatIsNotParquet(t *testing.T) {
	whole, err := os.ReadFile("../../testdata/parquet/qa.parquet")
	if err != nil {
		t.Fatal(err)
	}
	encrypted := bytes.Clone(whole)
	copy(encrypted, "PARE")
	copy(encrypted[len(encrypted)-4:], "PARE")
	signedOff := bytes.Clone(whole)
	copy(signedOff[len(signedOff)-8:], "\xff\xff\xff\x7f")
	tests := []struct {
		name, content string
		is            error
		text          string
	}{
		{"empty", "", dataset.ErrUnreadable, "the file is empty"},
		{"lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", dataset.ErrUnreadable,
			"this is a Git LFS pointer, the data was not downloaded; run `git lfs pull` or `promptmill pull`"},
		{"html", "\n <!DOCTYPE html><html>", dataset.ErrUnreadable, "HTML"},
		{"html without doctype", "<HTML>", dataset.ErrUnreadable, "HTML"},
		{"gzip", "\x1f\x8b\x08\x00rest", dataset.ErrUnreadable, "gzip"},
		{"zstd", "\x28\xb5\x2f\xfdrest", dataset.ErrUnreadable, "zstd"},
		{"zip", "PK\x03\x04rest", dataset.ErrUnreadable, "zip"},
		{"json", `{"prompt": "x"}`, dataset.ErrUnreadable, "JSON"},
		{"jsonl with BOM", "\ufeff[1]\n", dataset.ErrUnreadable, "JSON"},
		{"csv", "question,answer\nä,b\n", dataset.ErrUnreadable, "text (CSV?)"},
		{"arrow", "ARROW1\x00\x00", dataset.ErrUnreadable, "Arrow IPC"},
		{"noise", "\x00\x01\x02\x03", dataset.ErrUnreadable, "does not begin with PAR1"},
		{"only magic", "PAR1", dataset.ErrUnreadable, "too short"},
		{"two magics", "PAR1PAR1", dataset.ErrUnreadable, "too short"},
		{"no footer", "PAR1\x00\x00\x00\x00PAR1", dataset.ErrCorrupt, "footer"},
		{"encrypted", string(encrypted), dataset.ErrUnreadable, "encrypted footer"},
		{"cut off", string(whole[:len(whole)-1]), dataset.ErrCorrupt, "the end is missing"},
		{"footer length", string(signedOff), dataset.ErrCorrupt, "the footer is said to have 2147483647 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.parquet")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := dataset.Open(path)
			checkError(t, err, path, tt.is, tt.text)
		})
	}
}

// What to do about a file depends on where it comes from: only the advice for files of this machine is given here.
func TestOpenSource_givesNoAdvice(t *testing.T) {
	data := fixture(t, "qa")
	for _, tt := range []struct {
		content []byte
		is      error
	}{
		{data[:len(data)-1], dataset.ErrCut},
		{fixture(t, "bad/lfs_pointer"), dataset.ErrPointer},
	} {
		path := filepath.Join(t.TempDir(), "x.parquet")
		if err := os.WriteFile(path, tt.content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, near := dataset.Open(path)
		_, far := dataset.OpenSource(path, newFar(tt.content))
		if !errors.Is(near, tt.is) || !errors.Is(far, tt.is) || !strings.HasPrefix(near.Error(), strings.TrimSuffix(far.Error(), ")")) || near.Error() == far.Error() {
			t.Errorf("here:  %v\nthere: %v", near, far)
		}
		if msg := far.Error(); strings.Contains(msg, ";") {
			t.Errorf("advice in %s", msg)
		}
	}
}

func TestOpen_fixturesThatAreBroken(t *testing.T) {
	for name, is := range map[string]error{
		"truncated": dataset.ErrCorrupt, "lfs_pointer": dataset.ErrUnreadable, "html": dataset.ErrUnreadable,
	} {
		path := "../../testdata/parquet/bad/" + name + ".parquet"
		_, err := dataset.Open(path)
		checkError(t, err, path, is, "")
	}
}

func TestOpen_fileSystem(t *testing.T) {
	dir := t.TempDir()
	_, err := dataset.Open(filepath.Join(dir, "none.parquet"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want one that is os.ErrNotExist", err)
	}
	checkError(t, err, "none.parquet", dataset.ErrUnreadable, "no such file")
	_, err = dataset.Open(dir)
	checkError(t, err, dir, dataset.ErrUnreadable, "directory")
}

func TestError_isOneLineWhateverTheFileHolds(t *testing.T) {
	err := &dataset.Error{
		File: "a\nb.parquet", RowGroup: 2, Column: "x\x1b[31m\u2028", Row: 7,
		Err: errors.New("bad\r\nvalue \u202e\xff"),
	}
	got := err.Error()
	if strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		t.Errorf("unprintable: %q", got)
	}
	const want = `a\nb.parquet: row group 2: column "x\x1b[31m\u2028": near row 7: bad\r\nvalue \u202e`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s...", got, want)
	}
}

// drain reads a whole file and returns its rows.
func drain(t testing.TB, path string) (rows int64, err error) {
	t.Helper()
	f, err := dataset.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return drainFile(t, f)
}

func drainFile(t testing.TB, f *dataset.File) (rows int64, err error) {
	t.Helper()
	for b, err := range f.Batches(t.Context(), nil) {
		if err != nil {
			return rows, err
		}
		rows += int64(b.NumRows())
	}
	return rows, nil
}

// checkError checks that err is a one-line *Error about path that wraps exactly one of the sentinels.
func checkError(t *testing.T, err error, path string, is error, text string) {
	t.Helper()
	e, ok := errors.AsType[*dataset.Error](err)
	if !ok {
		t.Fatalf("error %v (%T), want an *Error", err, err)
	}
	if !errors.Is(err, is) || errors.Is(err, dataset.ErrCorrupt) == errors.Is(err, dataset.ErrUnreadable) {
		t.Errorf("error %v, want it to be %q alone", err, is)
	}
	if !strings.Contains(e.File, path) && !strings.HasSuffix(e.File, path) {
		t.Errorf("file %q, want %q", e.File, path)
	}
	if msg := err.Error(); !strings.Contains(msg, text) || strings.ContainsAny(msg, "\n\r") {
		t.Errorf("message %q, want one line with %q", msg, text)
	}
}
