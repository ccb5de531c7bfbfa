package dataset_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
	f.Add(arrowFile(f))
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		obeysLaw(t, path, dataset.Arrow)
	})
}

// FuzzText reads bytes as each of the formats of text.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[{"c":"\ud83d\ude00"},null]}` + "\n" + `{"a":1.5,"a":"x","b":{}}`, "[{\"a\":[]},\n{\"a\":[[1]]} ]", "a,b\n1,\"x\ny\"\n,\n", "a\tb\n1\t2", "\ufeffone\r\ntwo",
	} {
		for i := range 5 {
			f.Add([]byte(s), uint8(i))
		}
	}
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, data []byte, format uint8) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		obeysLaw(t, path, []dataset.Format{dataset.JSONL, dataset.JSON, dataset.CSV, dataset.TSV, dataset.Text, ""}[format%6])
	})
}
