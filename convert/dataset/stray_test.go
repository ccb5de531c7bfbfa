package dataset_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/promptmill/promptmill/convert/dataset"
)

// jsonTexts is an Arrow stream with a column j that is JSON, each text in a record batch of its own.
func jsonTexts(t testing.TB, texts ...string) []byte {
	t.Helper()
	md := arrow.NewMetadata([]string{"huggingface"}, []string{`{"info":{"features":{"j":{"_type":"Json"}}}}`})
	schema := arrow.NewSchema([]arrow.Field{{Name: "j", Type: arrow.BinaryTypes.String, Nullable: true}}, &md)
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(schema))
	for _, text := range texts {
		r := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		r.Field(0).(*array.StringBuilder).Append(text)
		if err := w.Write(r.NewRecord()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// nullTexts are the texts that are null as JSON.
var nullTexts = []string{"null", "NaN", "Infinity", "-Infinity"}

// FuzzStrays holds the law of JSON in a column of which only the first row was looked at: what becomes null, and is not
// null itself, strays.
func FuzzStrays(f *testing.F) {
	f.Add(`{"a":[1],"b":null}`, `{"a":["x",{}],"c":2}`)
	f.Add(`{"a":"x","b":null}`, `{"b":{"c":1},"b":null,"a":3}`)
	f.Add(`[{"a":"x"}]`, `"s"`)
	f.Add(`"x"`, "\"s\"\x00")
	f.Add(`[[]]`, `[[null, NaN, {"a":1}]]`)
	f.Add(`null`, `{"a":1}`)
	path := filepath.Join(f.TempDir(), "a")
	f.Fuzz(func(t *testing.T, first, later string) {
		if err := os.WriteFile(path, jsonTexts(t, first, later), 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{Format: dataset.Arrow, Rows: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		rows := 0
		for b, err := range table.Batches(t.Context(), nil) {
			if err != nil {
				t.Fatalf("%q, %q: %v", first, later, err)
			}
			c, _ := b.Column("j")
			for i := range b.NumRows() {
				text := []string{first, later}[rows]
				v, strays := c.Value(i), b.Strays(i)
				isNull := slices.Contains(nullTexts, strings.Trim(text, " \t\r\n"))
				if rows == 0 && len(strays) > 0 || len(strays) == 0 && v.IsNull() != isNull || len(strays) > 1 {
					t.Errorf("%q, %q: row %d is %s, strays %+v", first, later, rows, v.JSON(nil), strays)
				}
				rows++
			}
		}
		if rows != 2 {
			t.Errorf("%q, %q: %d rows", first, later, rows)
		}
	})
}
