package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/parquet-go/parquet-go/format"

	"github.com/promptmill/promptmill/convert/dataset/internal/meta"
)

// maxFooter bounds the metadata of a file. A footer of this size describes half a million column
// chunks.
const maxFooter = 128 << 20

// File is an open dataset file. Its methods may be called from several goroutines, and several
// sequences of [File.Batches] may run at once; Close may not run with them.
type File struct {
	name    string
	src     io.ReaderAt
	closer  io.Closer
	size    int64
	limit   int64 // where the pages end and the footer begins
	schema  Schema
	columns []*node
	groups  []meta.RowGroup
	rows    int64
	creator string
	keys    []string
	json    *jsonFeatures // nil when there are none
}

// Open opens a local parquet file and reads its footer. Errors are of type [*Error] and wrap
// [ErrUnreadable] or [ErrCorrupt]; those of the file system stay visible to errors.Is.
func Open(path string) (*File, error) {
	src, err := OpenLocal(path)
	if err != nil {
		return nil, err
	}
	d, err := OpenSource(path, src)
	return d, advised(err)
}

// advised adds what to do about a file of this machine that is not all there.
func advised(err error) error {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return err
	case errors.Is(e, ErrPointer):
		e.Err = fmt.Errorf("%w, the data was not downloaded; run `git lfs pull` or `promptmill pull`", e.Err)
	case errors.Is(e, ErrCut):
		e.Err = fmt.Errorf("%w; fetch it again", e.Err)
	}
	return e
}

// OpenSource reads the footer of the parquet file that src is. The file is called name in errors, which are as those of
// [Open]; what src says of itself stays visible to errors.Is and errors.As. The File takes src over: it is closed with the
// File, and when OpenSource returns an error.
func OpenSource(name string, src Source) (*File, error) {
	d, err := New(name, src, src.Size())
	if err != nil {
		src.Close() // only read from, as in Open
		return nil, err
	}
	d.closer = src
	return d, nil
}

// New reads the footer of the parquet file in the first size bytes of src. The file is called name
// in errors, which are as those of [Open]. Closing the File does not close src.
//
// The end is read first and the start only where the end is not that of a parquet file: from a source far away, a good
// file costs no more than it must.
func New(name string, src io.ReaderAt, size int64) (*File, error) {
	footer, err := readFooter(name, src, size)
	if err != nil {
		return nil, err
	}
	m, err := meta.Footer(footer)
	if err != nil {
		return nil, corrupt(name, "footer: %w", err)
	}
	if n := leafCount(m.Schema); n > maxFields {
		return nil, unreadable(name, "it has %d columns and fields in them, more than the limit of %d", n, maxFields)
	}
	columns, leaves, err := columnsOf(m.Schema)
	if err != nil {
		return nil, corrupt(name, "footer: %w", err)
	}
	f := &File{
		name: name, src: src, size: size, limit: size - 8 - int64(len(footer)),
		columns: columns, groups: m.RowGroups, rows: m.NumRows, creator: m.CreatedBy,
	}
	for _, kv := range m.KeyValueMetadata {
		f.keys = append(f.keys, kv.Key)
	}
	if err := f.checkGroups(leaves); err != nil {
		return nil, err
	}
	for _, c := range columns {
		f.schema.Fields = append(f.schema.Fields, c.field)
	}
	f.schema.Labels = classLabels(m.KeyValueMetadata, f.schema.Fields)
	if j := jsonFeaturesOf(m.KeyValueMetadata, f.schema.Fields); j != nil {
		f.lookAtJSON(j)
	}
	return f, nil
}

// leafCount returns how many elements of the schema have values of their own.
func leafCount(schema []format.SchemaElement) (n int) {
	for i := range schema {
		if schema[i].Type.Valid {
			n++
		}
	}
	return n
}

// readFooter returns the metadata at the end of src, undecoded.
func readFooter(name string, src io.ReaderAt, size int64) ([]byte, error) {
	if size < minParquet {
		return nil, sniff(name, src, size)
	}
	tail := make([]byte, 8)
	if err := readAt(src, tail, size-8); err != nil {
		return nil, unreadable(name, "%w", withoutPath(err))
	}
	if string(tail[4:]) != string(parquetMagic) {
		return nil, sniff(name, src, size)
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	if n > size-minParquet {
		return nil, corrupt(name, "the footer is said to have %d bytes, the file has %d", n, size)
	}
	if n > maxFooter {
		return nil, unreadable(name, "the footer has %d bytes, more than the limit of %d", n, maxFooter)
	}
	footer := make([]byte, n)
	if err := readAt(src, footer, size-8-n); err != nil {
		return nil, unreadable(name, "%w", withoutPath(err))
	}
	return footer, nil
}

// sniff returns the error for a file that does not end as parquet files do, by what it begins with.
func sniff(name string, src io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 512))
	if err := readAt(src, head, 0); err != nil {
		return unreadable(name, "%w", withoutPath(err))
	}
	if bytes.HasPrefix(head, []byte(lfsPointer)) {
		return unreadable(name, "%w", ErrPointer)
	}
	if what := notParquet(head, size); what != "" {
		return unreadable(name, "%s", what)
	}
	return corrupt(name, "the file does not end as parquet files do, so %w (%d bytes are there)", ErrCut, size)
}

// readAt fills b. The end of the file is an error like others.
func readAt(src io.ReaderAt, b []byte, at int64) error {
	n, err := src.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// checkGroups checks what the footer says about row groups, as far as it can be known without
// reading them.
func (f *File) checkGroups(leaves int) error {
	if f.rows == 0 { // writers that leave it out have the rows in the row groups
		for i := range f.groups {
			f.rows += max(f.groups[i].NumRows, 0)
		}
	}
	rows := int64(0)
	for i := range f.groups {
		g := &f.groups[i]
		switch {
		case len(g.Columns) != leaves:
			return &Error{File: f.name, RowGroup: i, Row: -1, Err: fmt.Errorf(
				"%w: it has %d columns, the schema %d", ErrCorrupt, len(g.Columns), leaves)}
		case g.NumRows < 0 || g.NumRows > f.rows-rows:
			return corrupt(f.name, "the row groups have other numbers of rows than the footer (%d)", f.rows)
		}
		rows += g.NumRows
	}
	if rows != f.rows {
		return corrupt(f.name, "the row groups have %d rows, the footer says %d", rows, f.rows)
	}
	return nil
}

// withoutPath strips the path that os puts before its errors: [Error] names the file itself.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// Schema returns the columns of the file.
func (f *File) Schema() Schema { return f.schema }

// NumRows returns the rows that the footer promises, in total or, if it has no total, by row
// group. [File.Batches] yields exactly as many, or an
// error.
func (f *File) NumRows() int64 { return f.rows }

// Close releases the file. Batches must not be used afterwards.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}
