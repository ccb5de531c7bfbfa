// Package chunk reads the pages of one parquet column chunk, one page in memory
// at a time.
//
// A [Reader] takes nothing on trust: the size of every buffer is bounded by what
// the file can hold before it is allocated, and each count that a header declares
// is checked against the bytes behind it. That is why the pages are not read with
// parquet-go's own page reader, which takes its sizes from page headers, uses the
// codec of the first row group for all of them, and retries a damaged LZ4 page
// with ever larger buffers until memory ends.
package chunk

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"
)

const (
	// maxPageBytes bounds the uncompressed size of a page. Writers aim at 1 MiB.
	maxPageBytes = 512 << 20
	// maxPageValues bounds the values of a page, nulls included, because some encodings store a
	// billion equal values in six bytes.
	maxPageValues = 1 << 26
	// maxHeaderBytes bounds a page header, which holds the page's smallest and largest value.
	maxHeaderBytes = 16 << 20
	// MaxTypeLength bounds the width of fixed-length byte arrays.
	MaxTypeLength = 1 << 20
)

// ErrUnsupported reports a chunk that is sound but uses something that this package cannot read.
var ErrUnsupported = errors.New("not supported")

// Column is what the schema says about a leaf column.
type Column struct {
	Type   format.Type
	Length int   // bytes per value of a FixedLenByteArray
	MaxDef uint8 // definition level of a value that is there
	MaxRep uint8 // number of lists around the value
}

// width returns the bytes that a decoded value takes, 0 for byte arrays.
func (c Column) width() int {
	switch c.Type {
	case format.Boolean:
		return 1
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.Int96:
		return 12
	case format.FixedLenByteArray:
		return c.Length
	default:
		return 0
	}
}

// Page is a decoded data page. Its slices are valid until the next call of [Reader.Next].
type Page struct {
	Entries int     // values, nulls, and empty lists: the length of Def and Rep
	Def     []uint8 // definition levels; nil when the column's MaxDef is 0
	Rep     []uint8 // repetition levels; nil when the column's MaxRep is 0
	Values  Values  // the values that are there, without gaps for nulls
}

// Values are the values of a page.
type Values struct {
	// Index holds, for dictionary pages, the place of each value among the rest; nil otherwise.
	Index []uint32
	// Data holds the bytes of the values: of Width bytes each, numbers in little-endian order and
	// booleans as 0 or 1; or, when Width is 0, byte arrays at the places that Ends gives.
	Data  []byte
	Width int
	// Ends has one more element than there are byte arrays: the k-th is
	// Data[Ends[k]:Ends[k+1]-Gap].
	Ends []uint32
	// Gap is the number of bytes between two byte arrays.
	Gap uint32
	// Len is the number of values in Data.
	Len int
}

// At returns the bytes of the k-th value.
func (v *Values) At(k int) []byte {
	if v.Index != nil {
		k = int(v.Index[k])
	}
	if v.Width > 0 {
		return v.Data[k*v.Width : (k+1)*v.Width]
	}
	return v.Data[v.Ends[k] : v.Ends[k+1]-v.Gap]
}

// Size returns the length of the k-th value.
func (v *Values) Size(k int) int {
	if v.Width > 0 {
		return v.Width
	}
	if v.Index != nil {
		k = int(v.Index[k])
	}
	return int(v.Ends[k+1] - v.Gap - v.Ends[k])
}

// Count returns the number of values.
func (v *Values) Count() int {
	if v.Index != nil {
		return len(v.Index)
	}
	return v.Len
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, args...)...)
}
