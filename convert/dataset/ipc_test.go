package dataset_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/promptmill/promptmill/convert/dataset"
)

// arrowSchema has a column of each shape that rows can be read from.
var arrowSchema = arrow.NewSchema([]arrow.Field{
	{Name: "q", Type: arrow.BinaryTypes.LargeString, Nullable: true},
	{Name: "label", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "l", Type: arrow.LargeListOf(arrow.BinaryTypes.String), Nullable: true},
	{Name: "f", Type: arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int8), Nullable: true},
	{Name: "m", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64), Nullable: true},
	{Name: "s", Type: arrow.StructOf(arrow.Field{Name: "a", Type: arrow.FixedWidthTypes.Boolean, Nullable: true}), Nullable: true},
	{Name: "d", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, Nullable: true},
	{Name: "q", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "u", Type: arrow.FixedWidthTypes.Duration_s, Nullable: true},
}, new(arrow.NewMetadata([]string{"huggingface"}, []string{`{"info":{"features":{"label":{"names":["no","yes"],"_type":"ClassLabel"}}}}`})))

// record makes a record batch of the rows above.
func record(t testing.TB) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrowSchema)
	b.Field(0).(*array.LargeStringBuilder).AppendValues([]string{"one", "", "three"}, []bool{true, false, true})
	b.Field(1).(*array.Int64Builder).AppendValues([]int64{1, 0, 0}, []bool{true, true, false})
	for i, raw := range []string{`[["x",null],[],null]`, `[[1,2],null,[3,4]]`, `[[{"key":"k","value":0.5}],[],null]`, `[{"a":true},null,{"a":null}]`, `["red",null,"red"]`} {
		if err := b.Field(2 + i).UnmarshalJSON([]byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	b.Field(7).(*array.Date32Builder).AppendValues([]arrow.Date32{0, 1, 2}, nil)
	b.Field(8).(*array.DurationBuilder).AppendValues([]arrow.Duration{1, 2, 3}, nil)
	return b.NewRecord()
}

// arrowStream is a stream of two record batches.
func arrowStream(t testing.TB, o ...ipc.Option) []byte {
	t.Helper()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, append(o, ipc.WithSchema(arrowSchema))...)
	for range 2 {
		if err := w.Write(record(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func arrowFile(t testing.TB) []byte {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(arrowSchema))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Write(record(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOpenTable_arrow(t *testing.T) {
	const once = `{"q":"one","label":1,"l":["x",null],"f":[1,2],"m":{"k":0.5},"s":{"a":true},"d":"red","q_1":"1970-01-01","u":null}` + "\n" +
		`{"q":null,"label":0,"l":[],"f":null,"m":{},"s":null,"d":null,"q_1":"1970-01-02","u":null}` + "\n" +
		`{"q":"three","label":null,"l":null,"f":[3,4],"m":null,"s":{"a":null},"d":"red","q_1":"1970-01-03","u":null}` + "\n"
	for name, data := range map[string][]byte{
		"stream": arrowStream(t), "file": arrowFile(t), "zstd": arrowStream(t, ipc.WithZstd()), "lz4": arrowStream(t, ipc.WithLZ4()),
		"gz": []byte(gzipped(t, string(arrowStream(t)))),
	} {
		t.Run(name, func(t *testing.T) {
			f := table(t, put(t, "a.bin", string(data)), dataset.TableOptions{})
			const schema = "q: string, label: int64, l: list<string>, f: list<int8>, m: map<string, double>, s: struct<a: bool>, d: string, " +
				"q_1: date32, u: unreadable duration"
			if got := f.Schema().String(); got != schema {
				t.Errorf("schema %s, want %s", got, schema)
			}
			if diff := cmp.Diff([]string{"no", "yes"}, f.Schema().Labels["label"]); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(once+once, lines(t, f, nil)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if got, want := lines(t, f, []string{"label"}), `{"label":1}`+"\n"+`{"label":0}`+"\n"+`{"label":null}`+"\n"; got != want+want {
				t.Errorf("one column: %s", got)
			}
		})
	}
}

// TestOpenTable_arrowCut: a stream that ends anywhere but after a message is an error.
func TestOpenTable_arrowCut(t *testing.T) {
	data := arrowStream(t)
	path := filepath.Join(t.TempDir(), "a.arrow")
	whole := 0
	for n := 8; n < len(data); n += 3 {
		if err := os.WriteFile(path, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := dataset.OpenTable(t.Context(), path, dataset.TableOptions{})
		if err == nil {
			whole++
			lines(t, f, nil)
		} else if !errors.Is(err, dataset.ErrCorrupt) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	if whole > 6 {
		t.Errorf("%d of the cut streams pass", whole)
	}
}

// TestOpenTable_arrowLarge: a record batch of many rows comes in parts, whose values are those of the whole.
func TestOpenTable_arrowLarge(t *testing.T) {
	const times = 3000
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(arrowSchema.Fields()[2:7], nil))
	rows := `{"l":["x",null],"f":[1,2],"m":{"k":0.5},"s":{"a":true},"d":"red"}` + "\n" +
		`{"l":[],"f":null,"m":{},"s":null,"d":null}` + "\n" + `{"l":null,"f":[3,4],"m":null,"s":{"a":null},"d":"blue"}` + "\n"
	for i, raw := range []string{`["x",null],[],null`, `[1,2],null,[3,4]`, `[{"key":"k","value":0.5}],[],null`, `{"a":true},null,{"a":null}`, `"red",null,"blue"`} {
		if err := b.Field(i).UnmarshalJSON([]byte("[" + strings.Repeat(raw+",", times-1) + raw + "]")); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	rec := b.NewRecord()
	w := ipc.NewWriter(&out, ipc.WithSchema(rec.Schema()))
	for range 2 {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := put(t, "a.arrow", out.String())
	f := table(t, path, dataset.TableOptions{})
	if got := lines(t, f, nil); got != strings.Repeat(rows, 2*times) {
		t.Errorf("rows differ: %.300s", got)
	}
	start := table(t, path, dataset.TableOptions{Rows: 10})
	if n := start.Facts().Looked; n < 10 || n > 2*times {
		t.Errorf("looked at %d rows", n)
	}
	if lines(t, start, nil); start.NumRows() != 6*times {
		t.Errorf("%d rows in the end", start.NumRows())
	}
}
