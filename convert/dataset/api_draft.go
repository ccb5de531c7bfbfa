package dataset

// DRAFT of the surface that convert and convert/mapping build on. The owner of this package replaces this file.

import (
	"context"
	"iter"
)

// File is an open dataset file.
type File struct{}

// Open opens a local parquet file.
func Open(path string) (*File, error) { panic("draft") }

// Schema returns the columns of the file.
func (f *File) Schema() Schema { panic("draft") }

// NumRows returns the rows that the footer promises.
func (f *File) NumRows() int64 { panic("draft") }

// Batches yields the rows of the named columns (nil: all), in file order. A batch and everything read from
// it is valid until the next iteration. After an error the sequence ends.
func (f *File) Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error] {
	panic("draft")
}

// Close releases the file.
func (f *File) Close() error { panic("draft") }

// Batch is some consecutive rows of a file.
type Batch struct{}

// NumRows returns the number of rows in the batch.
func (b *Batch) NumRows() int { panic("draft") }

// FirstRow returns the zero-based row of the file at which the batch starts.
func (b *Batch) FirstRow() int64 { panic("draft") }

// Column returns the column called name; ok is false when the batch was read without it.
func (b *Batch) Column(name string) (c Column, ok bool) { panic("draft") }

// Column is one column of a batch.
type Column struct{}

// Value returns the value in row i of the batch.
func (c Column) Value(i int) Value { panic("draft") }

// Value is a view of one cell or of something nested in one. The zero Value is null.
type Value struct{}

// Kind returns the kind of the value; Null for a null of any type.
func (v Value) Kind() Kind { panic("draft") }

// Str returns the bytes of a String (or Binary) without copying: valid until the batch is.
func (v Value) Str() string { panic("draft") }

// Text returns any scalar as text: strings as they are, numbers in shortest exact form, booleans as
// true/false, timestamps in RFC 3339, decimals exactly; "" for null, lists, structs.
func (v Value) Text() string { panic("draft") }

// Int returns an Int, and whether the value is one.
func (v Value) Int() (n int64, ok bool) { panic("draft") }

// Bool returns a Bool, and whether the value is one.
func (v Value) Bool() (b, ok bool) { panic("draft") }

// Len returns the number of elements of a List or Map.
func (v Value) Len() int { panic("draft") }

// Index returns element i of a List or Map.
func (v Value) Index(i int) Value { panic("draft") }

// Field returns the field called name of a Struct; null when there is none.
func (v Value) Field(name string) Value { panic("draft") }
