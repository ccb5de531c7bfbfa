// Package lineage writes the parquet file that leads from the lines of a prompt file back to the rows they were made of.
package lineage

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// An Entry leads from one line to its row. Entries of the same values have the same bytes.
type Entry struct {
	Part   int64  `parquet:"part"`        // which file of the output, from 1
	Line   int64  `parquet:"line"`        // which line of that file, from 1
	Source string `parquet:"source,dict"` // the file of the dataset, as the manifest calls it
	Row    int64  `parquet:"row"`         // which row of that file, from 0, as dataset viewers count
	SHA256 string `parquet:"row_sha256"`  // hex, of what was read of the row: its columns as a JSON object
}

const (
	groupRows = 1 << 17 // of a row group, which is in memory until it is written
	batchRows = 1 << 10
)

// Writer writes entries. It is used by one goroutine.
type Writer struct {
	parquet *parquet.GenericWriter[Entry]
	batch   []Entry
}

// NewWriter returns a writer to w, which the caller closes after [Writer.Close].
func NewWriter(w io.Writer) *Writer {
	return &Writer{
		parquet: parquet.NewGenericWriter[Entry](w,
			parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest, Concurrency: 1}),
			parquet.MaxRowsPerRowGroup(groupRows), parquet.CreatedBy("promptmill", "", "")),
		batch: make([]Entry, 0, batchRows),
	}
}

// Add writes an entry.
func (w *Writer) Add(e Entry) error {
	w.batch = append(w.batch, e)
	if len(w.batch) < batchRows {
		return nil
	}
	return w.flush()
}

func (w *Writer) flush() error {
	if _, err := w.parquet.Write(w.batch); err != nil {
		return fmt.Errorf("write the lineage: %w", err)
	}
	w.batch = w.batch[:0]
	return nil
}

// Close ends the parquet file.
func (w *Writer) Close() error {
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.parquet.Close(); err != nil {
		return fmt.Errorf("write the lineage: %w", err)
	}
	return nil
}
