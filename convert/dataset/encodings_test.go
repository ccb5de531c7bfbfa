package dataset_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	arrowparquet "github.com/apache/arrow/go/v17/parquet"
	arrowcompress "github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/promptmill/promptmill/convert/dataset"
)

// encoded has a column for every encoding that parquet-go writes.
type encoded struct {
	Plain    *string  `parquet:"plain,plain"`
	Dict     *string  `parquet:"dict,dict"`
	Lengths  string   `parquet:"lengths,delta"`
	Required string   `parquet:"required,dict"`
	Int32    int32    `parquet:"int32,delta"`
	Int64    int64    `parquet:"int64,delta"`
	Number   float64  `parquet:"number,split"`
	Small    float32  `parquet:"small,split"`
	Flag     *bool    `parquet:"flag"`
	ID       [16]byte `parquet:"id,uuid"`
	List     []string `parquet:"list,list"`
	Nested   []inner  `parquet:"nested,list,optional"`
}

type inner struct {
	Role *string           `parquet:"role"`
	Tags []*int64          `parquet:"tags,list,optional"`
	Meta map[string]string `parquet:"meta"`
}

func encodedRows(n int) []encoded {
	rows := make([]encoded, n)
	for i := range rows {
		r := &rows[i]
		r.Required, r.Int32, r.Number, r.Small = fmt.Sprint("r", i%3), int32(i*i), float64(i)/7, float32(i)/3
		r.ID = [16]byte{15: byte(i)}
		r.Lengths, r.Int64 = fmt.Sprint("prefix-", i), int64(-i)<<uint(i%60)
		if i%4 != 1 {
			r.Plain, r.Dict, r.Flag = new(fmt.Sprint("plain ", i)), new(fmt.Sprint("d", i%2)), new(i%3 == 0)
		}
		for j := range i % 3 {
			r.List = append(r.List, fmt.Sprint(i, "/", j))
		}
		for j := range i % 4 {
			in := inner{Meta: map[string]string{"k": fmt.Sprint(j)}}
			if j != 1 {
				in.Role, in.Tags = new("user"), []*int64{new(int64(j)), nil}
			}
			r.Nested = append(r.Nested, in)
		}
	}
	return rows
}

// encodedFiles are small files by codec and page version.
func encodedFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	codecs := []compress.Codec{
		&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw,
	}
	for _, codec := range codecs {
		for _, version := range []int{1, 2} {
			var buf bytes.Buffer
			w := parquet.NewGenericWriter[encoded](&buf, parquet.Compression(codec), parquet.DataPageVersion(version),
				parquet.PageBufferSize(300))
			rows := encodedRows(40)
			for _, part := range [][]encoded{rows[:25], rows[25:]} {
				if _, err := w.Write(part); err != nil {
					t.Fatal(err)
				}
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			files[fmt.Sprintf("%s v%d", codec, version)] = buf.Bytes()
		}
	}
	return files
}

// All codecs and page versions give the rows that were written.
func TestBatches_encodings(t *testing.T) {
	for name, data := range encodedFiles(t) {
		t.Run(name, func(t *testing.T) {
			got := readBytes(t, data)
			for i, row := range encodedRows(40) {
				if diff := cmp.Diff(row.want(), rowOf(got, i), cmp.AllowUnexported(entry{})); diff != "" {
					t.Fatalf("row %d (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

// want is the row in the terms of fromValue.
func (r *encoded) want() fields {
	text := func(s *string) any {
		if s == nil {
			return nil
		}
		return *s
	}
	w := fields{
		"plain": text(r.Plain), "dict": text(r.Dict), "lengths": r.Lengths, "required": r.Required,
		"int32": fmt.Sprint(r.Int32), "int64": fmt.Sprint(r.Int64), "number": floatText(r.Number, 64),
		"small": floatText(float64(r.Small), 32), "flag": nil,
		"id":   fmt.Sprintf("%x-%x-%x-%x-%x", r.ID[:4], r.ID[4:6], r.ID[6:8], r.ID[8:10], r.ID[10:]),
		"list": []any{}, "nested": nil,
	}
	if r.Flag != nil {
		w["flag"] = *r.Flag
	}
	for _, s := range r.List {
		w["list"] = append(w["list"].([]any), s)
	}
	var nested []any
	for _, in := range r.Nested {
		f := fields{"role": text(in.Role), "tags": nil, "meta": []entry{{"k", in.Meta["k"]}}}
		if in.Tags != nil {
			f["tags"] = []any{fmt.Sprint(*in.Tags[0]), nil}
		}
		nested = append(nested, f)
	}
	if nested != nil {
		w["nested"] = nested
	}
	return w
}

func readBytes(t testing.TB, data []byte) map[string][]any {
	t.Helper()
	f, err := dataset.New("x.parquet", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func rowOf(columns map[string][]any, i int) fields {
	row := fields{}
	for name, values := range columns {
		row[name] = values[i]
	}
	return row
}

// Every arrow type that has a place in parquet, written by arrow's own writer, comes back as arrow
// has it.
func TestBatches_arrowTypes(t *testing.T) {
	rec := everyType(t)
	defer rec.Release()
	deltas := []arrowparquet.WriterProperty{
		arrowparquet.WithDictionaryDefault(false),
		arrowparquet.WithEncodingFor("string", arrowparquet.Encodings.DeltaByteArray),
		arrowparquet.WithEncodingFor("binary", arrowparquet.Encodings.DeltaLengthByteArray),
		arrowparquet.WithEncodingFor("int64", arrowparquet.Encodings.DeltaBinaryPacked),
		arrowparquet.WithEncodingFor("int32", arrowparquet.Encodings.DeltaBinaryPacked),
		arrowparquet.WithEncodingFor("bool", arrowparquet.Encodings.RLE),
	}
	for name, options := range map[string][]arrowparquet.WriterProperty{
		"plain":        {arrowparquet.WithDictionaryDefault(false)},
		"dictionaries": {arrowparquet.WithDictionaryDefault(true)},
		"deltas":       deltas,
	} {
		for _, version := range []arrowparquet.DataPageVersion{arrowparquet.DataPageV1, arrowparquet.DataPageV2} {
			options := append(options, arrowparquet.WithDataPageVersion(version),
				arrowparquet.WithCompression(arrowcompress.Codecs.Zstd), arrowparquet.WithDataPageSize(256))
			t.Run(fmt.Sprintf("%s v%d", name, version+1), func(t *testing.T) {
				compareRecord(t, rec, readBytes(t, writeArrow(t, rec, options...)))
			})
		}
	}
}

// compareRecord checks that got has the columns of rec.
func compareRecord(t testing.TB, rec arrow.Record, got map[string][]any) {
	t.Helper()
	for i, c := range rec.Columns() {
		var want []any
		for j := range c.Len() {
			want = append(want, fromArrow(c, j))
		}
		if diff := cmp.Diff(want, got[rec.ColumnName(i)], cmp.AllowUnexported(entry{})); diff != "" {
			t.Errorf("column %s (-want +got):\n%s", rec.ColumnName(i), diff)
		}
	}
}

// everyType is a record with a column per type, each with nulls and extremes.
func everyType(t *testing.T) arrow.Record {
	t.Helper()
	columns := []struct {
		name string
		typ  arrow.DataType
		json string
	}{
		{"bool", arrow.FixedWidthTypes.Boolean, `[true, null, false, true, true]`},
		{"int8", arrow.PrimitiveTypes.Int8, `[-128, null, 127, 0, 1]`},
		{"int16", arrow.PrimitiveTypes.Int16, `[-32768, null, 32767, 0, 1]`},
		{"int32", arrow.PrimitiveTypes.Int32, `[-2147483648, null, 2147483647, 0, 1]`},
		{"int64", arrow.PrimitiveTypes.Int64, `[-9223372036854775808, null, 9223372036854775807, 0, 1]`},
		{"uint8", arrow.PrimitiveTypes.Uint8, `[0, null, 255, 7, 8]`},
		{"uint16", arrow.PrimitiveTypes.Uint16, `[0, null, 65535, 7, 8]`},
		{"uint32", arrow.PrimitiveTypes.Uint32, `[0, null, 4294967295, 7, 8]`},
		{"uint64", arrow.PrimitiveTypes.Uint64, `[0, null, 18446744073709551615, 7, 8]`},
		{"float16", arrow.FixedWidthTypes.Float16, `[0.5, null, -2, 65504, 1]`},
		{"float32", arrow.PrimitiveTypes.Float32, `[0.1, null, -2, 1e30, 16777216]`},
		{"float64", arrow.PrimitiveTypes.Float64, `[0.1, null, -2, 1e300, 123456789012]`},
		{"string", arrow.BinaryTypes.String, `["", null, "zwei", "日本", "a\nb"]`},
		{"binary", arrow.BinaryTypes.Binary, `["", null, "AAE=", "/w==", "YQ=="]`},
		{"fixed", &arrow.FixedSizeBinaryType{ByteWidth: 3}, `["AAAA", null, "////", "YWJj", "AAAA"]`},
		{"date", arrow.FixedWidthTypes.Date32, `["1970-01-01", null, "1815-12-10", "2262-04-12", "9999-12-31"]`},
		{"time_ms", arrow.FixedWidthTypes.Time32ms, `["00:00:00.001", null, "23:59:59.999", "12:00:00", "01:02:03.4"]`},
		{"time_us", arrow.FixedWidthTypes.Time64us, `["00:00:00.000001", null, "23:59:59.999999", "12:00:00", "01:02:03.4"]`},
		{"time_ns", arrow.FixedWidthTypes.Time64ns, `["00:00:00.000000001", null, "23:59:59.999999999", "12:00:00", "01:02:03.4"]`},
		{"ts_ms", arrow.FixedWidthTypes.Timestamp_ms, `["1970-01-01", null, "1815-12-10 11:12:13.5", "2262-04-12", "9999-12-31"]`},
		{"ts_us", arrow.FixedWidthTypes.Timestamp_us, `["1970-01-01", null, "1815-12-10 11:12:13.000001", "2262-04-12", "9999-12-31"]`},
		{"ts_ns", &arrow.TimestampType{Unit: arrow.Nanosecond}, `["1970-01-01", null, "1815-12-10 11:12:13.000000001", "2262-04-11", "2024-02-29"]`},
		{"dec_small", &arrow.Decimal128Type{Precision: 5, Scale: 2}, `["1.25", null, "-999.99", "0.01", "-0.05"]`},
		{"dec_wide", &arrow.Decimal128Type{Precision: 38, Scale: 10}, `["1.25", null, "-1234567890123456789012345678.0123456789", "0", "-0.0000000001"]`},
		{"list", arrow.ListOf(arrow.BinaryTypes.String), `[[], null, ["a", null], [null], ["", "b", "c"]]`},
		{"lists", arrow.ListOf(arrow.ListOf(arrow.PrimitiveTypes.Int64)), `[[[1], [], null], null, [], [[2, null, 3]], [null, [4]]]`},
		{"map", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64), `[[{"key": "a", "value": 1}], null, [], [{"key": "", "value": null}], [{"key": "x", "value": 2}, {"key": "y", "value": 3}]]`},
		{"struct", arrow.StructOf(
			arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
			arrow.Field{Name: "b", Type: arrow.ListOf(arrow.StructOf(arrow.Field{Name: "c", Type: arrow.BinaryTypes.String, Nullable: true})), Nullable: true},
		), `[{"a": 1, "b": [{"c": "x"}, null, {"c": null}]}, null, {"a": null, "b": null}, {"a": 2, "b": []}, {"a": 3, "b": [{"c": ""}]}]`},
	}
	var schema []arrow.Field
	var arrays []arrow.Array
	for _, c := range columns {
		arr, _, err := array.FromJSON(memory.DefaultAllocator, c.typ, bytes.NewReader([]byte(c.json)))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		schema = append(schema, arrow.Field{Name: c.name, Type: c.typ, Nullable: true})
		arrays = append(arrays, arr)
	}
	return array.NewRecord(arrow.NewSchema(schema, nil), arrays, 5)
}
