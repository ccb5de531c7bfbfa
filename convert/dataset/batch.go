package dataset

import "github.com/apache/arrow/go/v17/arrow"

// Batch is some consecutive rows of a file. It may be read from several goroutines.
type Batch struct {
	record  arrow.Record
	columns []*view
	first   int64
	size    int64
	strays  []Stray // by row
}

// NumRows returns the number of rows in the batch, at least one.
func (b *Batch) NumRows() int { return int(b.record.NumRows()) }

// FirstRow returns the zero-based row of the file at which the batch starts.
func (b *Batch) FirstRow() int64 { return b.first }

// Size returns about how many bytes of memory the batch takes.
func (b *Batch) Size() int64 { return b.size }

// Column returns the column called name; ok is false when the batch was read without it.
func (b *Batch) Column(name string) (c Column, ok bool) {
	for _, v := range b.columns {
		if v.field.Name == name {
			return Column{v}, true
		}
	}
	return Column{}, false
}

// Column is one column of a batch.
type Column struct{ view *view }

// Field describes the column.
func (c Column) Field() Field { return c.view.field }

// Value returns the value in row i of the batch. It panics when there is no such row.
func (c Column) Value(i int) Value { return c.view.at(i) }
