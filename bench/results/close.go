package results

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// closingSuffix is the name under which the compacted file is written.
const closingSuffix = ".closing"

// Rows and bytes of a row group of a closed file.
const (
	groupMaxRows  = 128 << 10
	groupMaxBytes = 64 << 20
)

// Close writes what is left together with the final run description, then rewrites the file in few row groups
// with statistics and a page index, syncs it, gives it its name and removes the partial file. When it fails the
// partial file stays and holds everything that could be written. A second Close does nothing.
func (w *Writer) Close(run *Run) error {
	if w.finished {
		return nil
	}
	w.finished = true
	if w.err != nil {
		return errors.Join(w.err, w.file.f.Close())
	}
	w.run = *run
	if err := w.checkpoint(false); err != nil {
		return errors.Join(err, w.file.f.Close())
	}
	w.run.ServerMetrics = w.samples.joined(run.ServerMetrics)
	err := w.compact(w.path + closingSuffix)
	if err == nil {
		err = os.Rename(w.path+closingSuffix, w.path)
	}
	if err != nil {
		os.Remove(w.path + closingSuffix)
		return errors.Join(w.fail(err), w.file.f.Close())
	}
	return errors.Join(syncDir(filepath.Dir(w.path)), w.file.f.Close(), os.Remove(w.name))
}

// compact writes all rows of the growing file to a new, well-shaped file and syncs it.
func (w *Writer) compact(name string) (err error) {
	pf, err := w.file.open()
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	enc := newEncoder(f)
	kvs, err := keyValues(&w.run, false)
	if err != nil {
		return err
	}
	for _, kv := range kvs {
		enc.SetKeyValueMetadata(kv.Key, kv.Value)
	}
	for _, batch := range w.batches(pf.RowGroups()) {
		if err := writeGroups(enc, batch); err != nil {
			return fmt.Errorf("compact: %w", err)
		}
	}
	if err := enc.Close(); err != nil {
		return err
	}
	if err := addChecksums(f); err != nil {
		return err
	}
	return f.Sync()
}

// addChecksums writes the footer of the parquet file f again, with checksums.
func addChecksums(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	start, err := footerStart(f, size)
	if err != nil {
		return err
	}
	footer := make([]byte, size-8-start)
	if _, err := f.ReadAt(footer, start); err != nil {
		return err
	}
	var meta format.FileMetaData
	if err := decodeFooter(footer, &meta); err != nil {
		return err
	}
	sums := make([]uint32, len(meta.RowGroups))
	for i := range meta.RowGroups {
		if sums[i], err = groupSum(f, &meta.RowGroups[i]); err != nil {
			return err
		}
	}
	meta.KeyValueMetadata = withChecksums(meta.KeyValueMetadata, sums)
	footer, err = appendFooter(nil, &meta)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(footer, start)
	return err
}

// batches cuts groups, the row groups of the growing file, into runs that make one row group each.
func (w *Writer) batches(groups []parquet.RowGroup) [][]parquet.RowGroup {
	var out [][]parquet.RowGroup
	start, rows, size := 0, int64(0), int64(0)
	for i, meta := range w.file.meta.RowGroups {
		if i > start && (rows+meta.NumRows > groupMaxRows || size+meta.TotalCompressedSize > groupMaxBytes) {
			out = append(out, groups[start:i])
			start, rows, size = i, 0, 0
		}
		rows += meta.NumRows
		size += meta.TotalCompressedSize
	}
	if start < len(groups) {
		out = append(out, groups[start:])
	}
	return out
}

// syncDir makes a rename in dir last.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // has no handle to sync a folder by
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
