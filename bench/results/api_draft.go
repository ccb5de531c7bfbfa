package results

// DRAFT of the surface that others build on. The owner of this package replaces this file.

import "iter"

// A Writer writes the records of one run to a parquet file that is complete after every checkpoint.
type Writer struct{}

// Create starts a results file under a temporary name beside path; [Writer.Close] gives it its name.
func Create(path string, run *Run) (*Writer, error) { panic("draft") }

// Write adds a record. It keeps nothing of it. One goroutine only.
func (w *Writer) Write(r *Record) error { panic("draft") }

// Close writes what is left, compacts, stores the final run description, syncs and renames.
func (w *Writer) Close(run *Run) error { panic("draft") }

// Abort leaves no file behind.
func (w *Writer) Abort() error { panic("draft") }

// File is an open results file.
type File struct{ Run Run }

// Open opens a results file, also one that a crash cut short.
func Open(path string) (*File, error) { panic("draft") }

// Records yields every record, in file order. The record is the caller's only until the next iteration.
func (f *File) Records() iter.Seq2[*Record, error] { panic("draft") }

// Close releases the file.
func (f *File) Close() error { panic("draft") }
