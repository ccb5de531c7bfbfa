package dataset

import (
	"context"
	"io"
	"iter"
	"os"
)

// Table is the rows of one open file, whatever its format. Its methods may be called from several goroutines, Close only
// when nothing else runs.
type Table interface {
	// Schema returns the columns.
	Schema() Schema
	// NumRows returns the number of rows, which [Table.Batches] yields exactly, or an error. It is the number of rows that
	// were looked at where that is not all of them, until Batches has come to the end.
	NumRows() int64
	// Batches yields the rows of the named columns (nil: all) in file order, as [File.Batches] says. A batch of a text may
	// have more rows than 4096.
	Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error]
	// SHA256 returns the hash of the file as it is stored, in hex.
	SHA256(ctx context.Context) (string, error)
	// Facts tells what kind of file it is.
	Facts() Facts
	// Close releases the file. Batches must not be used afterwards.
	Close() error
}

// Facts describe the file behind a [Table].
type Facts struct {
	Format      Format
	Compression string   // "gzip" or "zstd" around the whole file, "" for none
	Size        int64    // bytes, as stored
	Looked      int64    // rows at the start by which the types were found; 0 means all
	Notices     []string // what was found and how it is read, for a person; fit for a terminal
}

var _ Table = (*File)(nil)

// Facts implements [Table].
func (f *File) Facts() Facts { return Facts{Format: Parquet, Size: f.size} }

// TableOptions say how to read a file. The zero value lets the file tell.
type TableOptions struct {
	Name   string // how errors call the file; "" means its path
	Format Format // overrules what content and name tell
	// Rows, when positive, is how many rows are going to be used, about: no more than the start of a file is then read to
	// open it, unless it says itself what its columns are. [Facts.Looked] tells whether that was all of it.
	Rows int64
	// NoSum says that [Table.SHA256] is not going to be asked for. It reads the file again if it is.
	NoSum bool
}

// OpenTable opens a file of this machine. Its format is told by its content, else by its name, unless the options say
// it. A file that has no schema of its own (JSON, CSV) is read once from start to end, which finds the type of every column,
// every syntax error, and the number of rows; with [TableOptions.Rows] only the start of it. Errors are as those of [Open].
func OpenTable(ctx context.Context, path string, o TableOptions) (Table, error) {
	if o.Name == "" {
		o.Name = path
	}
	src, err := OpenLocal(path)
	if err != nil {
		return nil, err
	}
	stored := &stored{name: o.Name, path: path, size: src.Size()}
	err = stored.detect(io.NewSectionReader(src, 0, src.Size()), o.Format)
	if err != nil || stored.format != Parquet {
		src.Close() // only read from
	}
	switch {
	case err != nil:
		return nil, advised(err)
	case stored.format == Parquet:
		f, err := OpenSource(o.Name, src)
		if err != nil {
			return nil, advised(err)
		}
		return f, nil
	case stored.format == Arrow:
		return openIPC(ctx, stored, o)
	}
	return openRows(ctx, stored, o)
}

// stored is a file that is read from its start, as often as need be.
type stored struct {
	name, path  string
	size        int64
	format      Format
	compression string
	notices     []string
}

// open returns the bytes in the file, decompressed, and what closes it. Every byte that is stored also goes to sum, if it
// is not nil.
func (s *stored) open(ctx context.Context, sum io.Writer) (io.Reader, io.Closer, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, nil, unreadable(s.name, "%w", withoutPath(err))
	}
	raw := io.Reader(contextReader{ctx, f})
	if sum != nil {
		raw = io.TeeReader(raw, sum)
	}
	r, err := decompress(raw, s.compression)
	if err != nil {
		f.Close()
		return nil, nil, corrupt(s.name, "%w", err)
	}
	return r, closers{r, f}, nil
}

// closers closes a reader, if it can be, and the file below it.
type closers struct {
	r io.Reader
	f *os.File
}

// Close implements [io.Closer].
func (c closers) Close() error {
	if r, ok := c.r.(io.Closer); ok {
		_ = r.Close() // only read from
	}
	return c.f.Close()
}
