package dataset_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/promptmill/promptmill/convert/dataset"
)

// nothings returns a file of columns of nothing but nulls.
func nothings(t *testing.T, columns, rows int) *dataset.File {
	t.Helper()
	var fields []arrow.Field
	var arrays []arrow.Array
	for i := range columns {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("c", i), Type: arrow.Null, Nullable: true})
		arrays = append(arrays, array.NewNull(rows))
	}
	data := writeArrow(t, array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(rows)))
	f, err := dataset.OpenSource("x.parquet", newFar(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A column of the type null has no values, whether the file counts that or not.
func TestInfo_nullColumn(t *testing.T) {
	f := nothings(t, 1, 3)
	if got := f.Info().RowGroups[0].Columns[0].Nulls; f.Schema().Fields[0].Kind != dataset.Null || got != 3 {
		t.Errorf("%s: %d nulls, want 3", f.Schema(), got)
	}
}

func TestBatches_unknownColumnOfMany(t *testing.T) {
	for _, err := range nothings(t, 1000, 1).Batches(t.Context(), []string{"nope"}) {
		if !errors.Is(err, dataset.ErrNoColumn) || !strings.HasSuffix(err.Error(), ", c39: null and 960 more") {
			t.Errorf("error %v", err)
		}
	}
}
