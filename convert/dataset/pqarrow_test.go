package dataset_test

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"github.com/promptmill/promptmill/convert/dataset"
)

// This file holds the second reader: arrow's own, and what its values are in plain Go.

// arrowColumn is a column as pqarrow reads it.
type arrowColumn struct {
	name   string
	values []any // by row, as fromArrow gives them
	err    error
}

// arrowColumns reads the columns of a file with pqarrow, each by itself and in this goroutine, so
// that its panics can be caught.
func arrowColumns(ctx context.Context, data []byte) (columns []arrowColumn, err error) {
	defer func() {
		if p := recover(); p != nil {
			columns, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	pf, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	for i, field := range r.Manifest.Fields {
		c := arrowColumn{name: field.Field.Name}
		c.values, c.err = arrowValues(ctx, r, i)
		columns = append(columns, c)
	}
	return columns, nil
}

func arrowValues(ctx context.Context, r *pqarrow.FileReader, column int) (values []any, err error) {
	defer func() {
		if p := recover(); p != nil {
			values, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	leaves, groups := map[int]bool{}, []int{}
	for i := range r.ParquetReader().MetaData().Schema.NumColumns() {
		leaves[i] = true
	}
	for i := range r.ParquetReader().NumRowGroups() {
		groups = append(groups, i)
	}
	reader, err := r.GetFieldReader(ctx, column, leaves, groups)
	if err != nil {
		return nil, err
	}
	chunked, err := r.ReadColumn(groups, reader)
	if err != nil {
		return nil, err
	}
	for _, chunk := range chunked.Chunks() {
		for i := range chunk.Len() {
			values = append(values, detach(fromArrow(chunk, i)))
		}
	}
	return values, nil
}

// writeArrow writes rec with pqarrow.
func writeArrow(t *testing.T, rec arrow.Record, options ...parquet.WriterProperty) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(rec.Schema(), &buf, parquet.NewWriterProperties(options...), pqarrow.NewArrowWriterProperties())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// fields are the values of a struct by name.
type fields map[string]any

// entry is a key and value of a map.
type entry struct{ key, value any }

// fromArrow is value i of arr in plain Go: nil, bool, string for every other scalar, []any,
// fields or []entry.
func fromArrow(arr arrow.Array, i int) any {
	if arr.IsNull(i) || arr.DataType().ID() == arrow.NULL { // arrow says that the values of null are not null
		return nil
	}
	switch a := arr.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Map:
		from, to := a.ValueOffsets(i)
		out := []entry{}
		for j := int(from); j < int(to); j++ {
			out = append(out, entry{fromArrow(a.Keys(), j), fromArrow(a.Items(), j)})
		}
		return out
	case *array.List:
		from, to := a.ValueOffsets(i)
		out := []any{}
		for j := int(from); j < int(to); j++ {
			out = append(out, fromArrow(a.ListValues(), j))
		}
		return out
	case *array.Struct:
		out := fields{}
		for j := range a.NumField() {
			out[a.DataType().(*arrow.StructType).Field(j).Name] = fromArrow(a.Field(j), i)
		}
		return out
	default:
		return arrowText(arr, i)
	}
}

func arrowText(arr arrow.Array, i int) string {
	switch a := arr.(type) {
	case *array.String:
		return a.Value(i)
	case *array.LargeString:
		return a.Value(i)
	case *array.Binary:
		return string(a.Value(i))
	case *array.LargeBinary:
		return string(a.Value(i))
	case *array.FixedSizeBinary:
		return string(a.Value(i))
	case *array.Float64:
		return floatText(a.Value(i), 64)
	case *array.Float32:
		return floatText(float64(a.Value(i)), 32)
	case *array.Float16:
		return floatText(float64(a.Value(i).Float32()), 32)
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit).Format("2006-01-02T15:04:05.999999999Z")
	case *array.Date32:
		return a.Value(i).ToTime().Format("2006-01-02")
	case *array.Date64:
		return a.Value(i).ToTime().Format("2006-01-02")
	case *array.Time32:
		return a.Value(i).ToTime(a.DataType().(*arrow.Time32Type).Unit).Format("15:04:05.999999999")
	case *array.Time64:
		return a.Value(i).ToTime(a.DataType().(*arrow.Time64Type).Unit).Format("15:04:05.999999999")
	case *array.Decimal128:
		return ratText(a.Value(i).BigInt(), a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Decimal256:
		return ratText(a.Value(i).BigInt(), a.DataType().(*arrow.Decimal256Type).Scale)
	default: // integers
		return arr.ValueStr(i)
	}
}

// floatText writes x without an exponent if it is whole and not huge. It goes by the value of the
// text, not by the way that the package under test does.
func floatText(x float64, bits int) string {
	s := strconv.FormatFloat(x, 'g', -1, bits)
	if mantissa, exp, ok := strings.Cut(s, "e"); ok {
		if n, _ := strconv.Atoi(exp); n > 0 && n < 21 && len(strings.ReplaceAll(mantissa, ".", "")) <= n+2 {
			whole := new(big.Float)
			if _, _, err := whole.Parse(s, 10); err == nil && whole.IsInt() {
				return whole.Text('f', 0)
			}
		}
	}
	return s
}

func ratText(n *big.Int, scale int32) string {
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return new(big.Rat).SetFrac(n, den).FloatString(int(scale))
}

// fromValue is v in the same terms as fromArrow.
func fromValue(f dataset.Field, v dataset.Value) any {
	switch v.Kind() {
	case dataset.Null:
		return nil
	case dataset.Bool:
		b, _ := v.Bool()
		return b
	case dataset.List:
		out := []any{}
		for i := range v.Len() {
			out = append(out, fromValue(f.Elem(), v.Index(i)))
		}
		return out
	case dataset.Map:
		out := []entry{}
		for i := range v.Len() {
			e := v.Index(i)
			out = append(out, entry{fromValue(f.Children[0], e.Field("key")), fromValue(f.Children[1], e.Field("value"))})
		}
		return out
	case dataset.Struct:
		out := fields{}
		for _, c := range f.Children {
			out[c.Name] = fromValue(c, v.Field(c.Name))
		}
		return out
	default:
		return v.Text()
	}
}

// readAll reads the named columns of a file, by column.
func readAll(t testing.TB, f *dataset.File, columns []string) (map[string][]any, error) {
	t.Helper()
	out := map[string][]any{}
	next := int64(0)
	for b, err := range f.Batches(t.Context(), columns) {
		if err != nil {
			return nil, err
		}
		if b.FirstRow() != next {
			t.Errorf("batch begins at row %d, want %d", b.FirstRow(), next)
		}
		next += int64(b.NumRows())
		for _, field := range f.Schema().Fields {
			c, ok := b.Column(field.Name)
			if !ok {
				continue
			}
			for i := range b.NumRows() {
				v := fromValue(field, c.Value(i))
				if s, ok := v.(string); ok {
					v = strings.Clone(s) // the text of a string is only on loan
				}
				out[field.Name] = append(out[field.Name], detach(v))
			}
		}
	}
	if next != f.NumRows() {
		t.Errorf("%d rows without an error, want %d", next, f.NumRows())
	}
	return out, nil
}

// detach copies the strings in v.
func detach(v any) any {
	switch v := v.(type) {
	case string:
		return strings.Clone(v)
	case []any:
		for i := range v {
			v[i] = detach(v[i])
		}
	case []entry:
		for i := range v {
			v[i] = entry{detach(v[i].key), detach(v[i].value)}
		}
	case fields:
		for k := range v {
			v[k] = detach(v[k])
		}
	}
	return v
}
