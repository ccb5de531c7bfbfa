// Package dataset opens a dataset file and yields its rows as batches of
// named columns.
//
// Parquet is decoded by parquet-go; arrow carries the batches. No other package
// of promptmill sees either library: callers read rows through [Batch],
// [Column] and [Value], which are views and copy nothing.
package dataset

import "errors"

// Sentinel errors. Every error that [Open] and [File.Batches] return for a file that cannot be
// used as data wraps exactly one of them, inside an [*Error] that names the place.
var (
	// ErrUnreadable reports a file that is not what its name says: no parquet at all, a Git LFS
	// pointer, an HTML page, an empty file, an encrypted file.
	ErrUnreadable = errors.New("unreadable")
	// ErrCorrupt reports a parquet file whose footer or pages are damaged.
	ErrCorrupt = errors.New("corrupt")
)
