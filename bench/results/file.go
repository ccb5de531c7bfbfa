package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"

	"github.com/parquet-go/parquet-go"
)

// File is an open results file. Reading it twice at the same time is fine.
type File struct {
	Run Run
	// Partial says that the run has not closed the file: it was killed, or still lasts. Rows after the last
	// checkpoint are not in it, and Run is as it was then.
	Partial bool

	name    string // of the file that is read
	version int    // of its schema
	f       *os.File
	pf      *parquet.File
	sums    []uint32 // of the row groups
}

// StoppedUnclosed is the [Run.Stopped] of a partial file whose run gave no other reason.
const StoppedUnclosed = "its results file was not closed: it was killed, or still runs"

// Open opens a results file. Where there is none called path it opens the partial file of that name, which a
// run leaves when it is killed and which a run in progress writes. A tail that a crash tore is left out.
// Errors wrap [ErrNotResults], [ErrNewer], [ErrCorrupt] or come from the file system.
func Open(path string) (*File, error) {
	f, err := openRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		if partial, err2 := openRegular(path + PartialSuffix); err2 == nil {
			f, err = partial, nil
		}
	}
	if err != nil {
		return nil, err
	}
	file := &File{name: f.Name(), f: f}
	if err := file.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file.name, err), f.Close())
	}
	return file, nil
}

// openRegular opens a file, and no named pipe: to open one is to wait for who writes to it.
func openRegular(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a regular file; results are read from their end", path, ErrNotResults)
	}
	return os.Open(path)
}

// load finds the footer and reads what it says of the run.
func (f *File) load() error {
	info, err := f.f.Stat()
	if err != nil {
		return err
	}
	torn, err := f.findFooter(info.Size())
	if err != nil {
		return err
	}
	if err := f.readKeyValues(f.pf); err != nil {
		return err
	}
	f.Partial = f.Partial || torn
	if f.Partial && f.Run.Stopped == "" {
		f.Run.Stopped = StoppedUnclosed
	}
	return nil
}

// Name returns the name of the file that is read: the path given to [Open], or its partial file.
func (f *File) Name() string { return f.name }

// NumRows returns the number of records.
func (f *File) NumRows() int64 { return f.pf.NumRows() }

// Close releases the file.
func (f *File) Close() error { return f.f.Close() }

// batchRows is how many rows are decoded at a time.
const batchRows = 128

// Records yields every record, in file order. The record is the caller's only until the next iteration. After
// an error the sequence ends. What an older file has no column for is zero, but for Model, which is its run's.
func (f *File) Records() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		rows := make([]Record, batchRows)
		for i, group := range f.pf.RowGroups() {
			if err := f.checkGroup(i); err != nil {
				yield(nil, fmt.Errorf("%s: row group %d: %w", f.name, i, err))
				return
			}
			read := int64(0)
			for batch, err := range batches(group, rows) {
				if err != nil {
					yield(nil, fmt.Errorf("%s: %w: row group %d after %d of its %d rows: %w", f.name, ErrCorrupt, i, read, group.NumRows(), err))
					return
				}
				for j := range batch {
					read++
					f.upgrade(&batch[j])
					if !yield(&batch[j], nil) {
						return
					}
				}
			}
			if read != group.NumRows() {
				yield(nil, fmt.Errorf("%s: %w: row group %d has %d rows, its footer says %d", f.name, ErrCorrupt, i, read, group.NumRows()))
				return
			}
		}
	}
}

// upgrade fills in what a file of an older version says once for all its rows.
func (f *File) upgrade(r *Record) {
	if f.version < 2 {
		r.Model = f.Run.Model
	}
}

// checkGroup compares row group i with its checksum.
func (f *File) checkGroup(i int) error {
	sum, err := groupSum(f.f, &f.pf.Metadata().RowGroups[i])
	if err == nil && sum != f.sums[i] {
		err = fmt.Errorf("%w: its checksum is wrong: damaged, or rewritten by another program", ErrCorrupt)
	}
	return err
}

// batches decodes the rows of group into rows, over and over.
func batches(group parquet.RowGroup, rows []Record) iter.Seq2[[]Record, error] {
	return func(yield func([]Record, error) bool) {
		var r *parquet.GenericReader[Record]
		err := guard(func() error {
			r = parquet.NewGenericRowGroupReader[Record](group, schema)
			return nil
		})
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = guard(r.Close) }() // it was only read: closing it can lose nothing
		for {
			var n int
			clear(rows)
			err := guard(func() (err error) {
				n, err = r.Read(rows)
				return err
			})
			if n > 0 && !yield(rows[:n], nil) {
				return
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(nil, err)
				return
			}
			if err != nil || n == 0 {
				return
			}
		}
	}
}
