package dataset_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/promptmill/promptmill/convert/dataset"
)

// obeysLaw holds the law of every reader: an error of package dataset, or as many rows as were promised.
func obeysLaw(t *testing.T, path string, format dataset.Format) {
	f, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{Format: format})
	if err != nil {
		if _, ok := errors.AsType[*dataset.Error](err); !ok {
			t.Fatalf("not an error about a file: %v", err)
		}
		return
	}
	defer f.Close()
	rows := int64(0)
	for b, err := range f.Batches(context.Background(), nil) {
		if err != nil {
			t.Fatalf("it opened, but: %v", err)
		}
		for i := range b.NumRows() {
			b.AppendJSON(nil, i)
		}
		rows += int64(b.NumRows())
	}
	if rows != f.NumRows() {
		t.Fatalf("%d rows came, %d were promised", rows, f.NumRows())
	}
}

// FuzzArrow damages streams: they are refused when they are opened, or read to the end.
func FuzzArrow(f *testing.F) {
	f.Add(arrowStream(f))
	f.Add(arrowStream(f, ipc.WithLZ4()))
	f.Add(arrowStream(f, ipc.WithZstd()))
	f.Add(arrowFile(f))
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		obeysLaw(t, path, dataset.Arrow)
	})
}

// fuzzText reads bytes as a format of text.
func fuzzText(f *testing.F, format dataset.Format, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		obeysLaw(t, path, format)
	})
}

func FuzzJSONArray(f *testing.F) {
	fuzzText(f, dataset.JSON, "[{\"a\":[]},\n{\"a\":[[1]]} ]", `[]`, "\ufeff[ {\"a\":\"\\ud83d\\ude00\"} , {} ]\n", `[{"a":1}`, `[[1]]`)
}

func FuzzCSV(f *testing.F) {
	fuzzText(f, dataset.CSV, "a,b\n1,\"x\ny\"\n,\n", "a;b\r\n\"1\"\"2\";\r\n", "\ufeffa|b\n1|2", "a,a\n1\n1,2,3\n", "\"a\n")
}

func FuzzTSV(f *testing.F) { fuzzText(f, dataset.TSV, "a\tb\n1\t2", "a\n\"x\ty\"\n\n") }

func FuzzTXT(f *testing.F) { fuzzText(f, dataset.Text, "\ufeffone\r\ntwo", "\n\n", "\r", "a\x00b") }

// FuzzDetect lets the content tell the format.
func FuzzDetect(f *testing.F) {
	fuzzText(f, "", `{"a":1}`, "[{}]", "PAR1", "ARROW1", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "<html>", "\xff\xfea", "version https://git-lfs.github.com/spec/v1\n", "")
}

// FuzzJSONLines: beside the law, text in which each line is an object for encoding/json is read, a row for each.
func FuzzJSONLines(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":[{"c":"\ud83d\ude00"},null]}` + "\n" + `{"a":1.5,"a":"x","b":{}}`, "{}\n\n{\"\":-0}", "{\"a\":1e999}\n{\"a\":\"\xff\"}"} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		obeysLaw(t, path, dataset.JSONL)
		want, ok := objects(data)
		if !ok {
			return
		}
		table, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{Format: dataset.JSONL})
		if err != nil {
			t.Fatalf("encoding/json reads it: %v", err)
		}
		defer table.Close()
		if table.NumRows() != want {
			t.Fatalf("%d rows, want %d", table.NumRows(), want)
		}
	})
}

// objects counts the lines that are not blank, if all of them are objects and there is one.
func objects(data []byte) (n int64, ok bool) {
	for line := range bytes.Lines(data) {
		if line = bytes.Trim(line, " \t\r\n"); len(line) == 0 {
			continue
		}
		if line[0] != '{' || !json.Valid(line) || bytes.Count(line, []byte("{"))+bytes.Count(line, []byte("[")) > 400 {
			return 0, false
		}
		n++
	}
	return n, n > 0
}

// FuzzCast: files of any columns are unified, and read as what they were unified to, row for row.
func FuzzCast(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":[{"c":"x"}]}`), []byte(`{"a":"x","d":null,"b":[{"c":1,"e":{}}]}`))
	f.Add([]byte(`{"a":[1]}`), []byte(`{"a":{"b":1}}`))
	f.Add([]byte(`{"a":1}`+"\n"+`{"a":1.5}`), []byte(`{"a":true,"A":[]}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, one, two []byte) {
		var tables []dataset.Table
		var schemas []dataset.Schema
		for i, data := range [][]byte{one, two} {
			path := filepath.Join(dir, strconv.Itoa(i))
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			table, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{Format: dataset.JSONL})
			if err != nil {
				return
			}
			defer table.Close()
			tables, schemas = append(tables, table), append(schemas, table.Schema())
		}
		all, _, unlike := dataset.Unify(schemas)
		for _, table := range tables {
			checkCast(t, table, dataset.Cast(table, all), unlike)
		}
	})
}

// checkCast holds that every row comes, as JSON, and that nothing but columns without a common type loses its values.
func checkCast(t *testing.T, own, cast dataset.Table, unlike map[string]int) {
	t.Helper()
	rows := int64(0)
	for b, err := range cast.Batches(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.NumRows() {
			if line := b.AppendJSON(nil, i); !json.Valid(line) {
				t.Fatalf("row %d is no JSON: %s", i, line)
			}
		}
		rows += int64(b.NumRows())
	}
	if rows != own.NumRows() {
		t.Fatalf("%d of %d rows", rows, own.NumRows())
	}
	before, after := nulls(t, own), nulls(t, cast)
	for _, f := range own.Schema().Fields {
		if _, ok := unlike[f.Name]; !ok && before[f.Name] != after[f.Name] {
			t.Fatalf("column %q had %d nulls and has %d", f.Name, before[f.Name], after[f.Name])
		}
	}
}

// nulls counts the rows without a value, by column.
func nulls(t *testing.T, table dataset.Table) map[string]int {
	t.Helper()
	n := map[string]int{}
	for b, err := range table.Batches(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range table.Schema().Fields {
			c, ok := b.Column(f.Name)
			if !ok {
				t.Fatalf("no column %q", f.Name)
			}
			for i := range b.NumRows() {
				if c.Value(i).IsNull() {
					n[f.Name]++
				}
			}
		}
	}
	return n
}
