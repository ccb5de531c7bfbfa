package lineage_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/parquet-go/parquet-go"

	"github.com/promptmill/promptmill/convert/dataset/lineage"
)

// Each line of a prompt file leads to the row that it was made of.
func ExampleWriter() {
	var file bytes.Buffer
	w := lineage.NewWriter(&file)
	if err := w.Add(lineage.Entry{Part: 1, Line: 1, Source: "train.parquet", Row: 41}); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	entries, err := parquet.Read[lineage.Entry](bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		fmt.Printf("line %d: row %d of %s\n", e.Line, e.Row, e.Source)
	}
	// Output: line 1: row 41 of train.parquet
}
