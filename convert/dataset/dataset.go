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

// What a file can be besides, in errors that wrap one of the above. What to do about it depends on where the file comes
// from, which [Open] knows and [OpenSource] does not.
var (
	// ErrPointer reports the text that git-lfs has in the place of a file.
	ErrPointer = errors.New("this is a Git LFS pointer")
	// ErrCut reports a file that begins as parquet files do and does not end so.
	ErrCut = errors.New("the end is missing")
)
