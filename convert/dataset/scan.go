package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/promptmill/promptmill/convert/dataset/internal/chunk"
)

const (
	batchRows  = 4096    // rows of a batch at most
	firstRows  = 128     // rows of the first batch at most; each may have twice as many as the one before
	batchBytes = 4 << 20 // bytes of values of a batch, about
	keptBytes  = 1 << 18 // the same where several batches are kept
	maxAhead   = 8       // leaves of which pages are decoded ahead: more take more memory than they save time
)

// Batches yields the rows of the named columns (nil: all), in file order and all from one row group
// per batch. Only those columns are read, and only as far as the rows that are asked for. A batch has at most 4096 rows,
// the first ones fewer, and, unless a single row is larger, about 4 MiB; a batch and everything read from it is valid
// until the next iteration.
//
// An error ends the sequence. It is an [*Error], the cause of ctx's end, or wraps [ErrNoColumn]. Rows that
// the footer promises and the pages do not hold, or the other way round, are an error too: a
// sequence without one has yielded [File.NumRows] rows.
func (f *File) Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error] {
	return f.BatchesKept(ctx, columns, 1)
}

// BatchesKept is [File.Batches] for who works on several batches at once: each is valid until keep more have been asked
// for, and takes memory of its own until then: about 256 KiB.
func (f *File) BatchesKept(ctx context.Context, columns []string, keep int) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		s, err := f.scan(columns)
		if err != nil {
			yield(nil, err)
			return
		}
		if keep > 1 {
			s.keep(keep)
		}
		defer s.stream(ctx)()
		defer s.stop()
		for {
			var b *Batch
			if ctx.Err() == nil {
				b, err = s.guarded()
			}
			if ctx.Err() != nil { // also when it is what ended a read
				yield(nil, context.Cause(ctx))
				return
			}
			if b == nil && err == nil {
				return
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// scan reads a file once.
type scan struct {
	file    *File
	src     io.ReaderAt
	columns []*node
	schema  *arrow.Schema
	leaves  map[int]*leaf
	order   []*leaf

	shared chunk.Shared // of the readers of all leaves

	group int   // row group being read, -1 before the first
	row   int64 // first row of the file that is not in a batch yet
	left  int64 // rows of the row group that are not in a batch yet
	done  int   // rows that are in the leaves for the next batch
	most  int64 // rows of the next batch at most
	bytes int64 // of a batch, about
	at    *leaf // where reading is, for errors and panics
}

func (f *File) scan(names []string) (*scan, error) {
	columns, err := columnsNamed(f.columns, names, f.name, &f.schema)
	if err != nil {
		return nil, err
	}
	s := &scan{file: f, src: f.src, columns: columns, leaves: map[int]*leaf{}, group: -1, most: firstRows, bytes: batchBytes}
	var fields []arrow.Field
	for _, n := range s.columns {
		fields = append(fields, arrow.Field{Name: n.field.Name, Type: n.arrow, Nullable: true})
		for _, info := range n.leaves(nil) {
			l := &leaf{leafInfo: info, reader: chunk.NewAhead(&s.shared), vector: newVector(info.scalar), levels: n.leaf == nil}
			s.leaves[info.index] = l
			s.order = append(s.order, l)
		}
	}
	s.schema = arrow.NewSchema(fields, nil)
	return s, nil
}

// keep makes batches valid until n more have been asked for.
func (s *scan) keep(n int) {
	s.bytes = keptBytes
	_, apart := s.src.(Streamer) // which wants its bytes in their order
	ahead := !apart && len(s.order) <= maxAhead && runtime.GOMAXPROCS(0) > 1
	for _, l := range s.order {
		l.keep(n)
		if ahead {
			l.reader.Enable()
		}
	}
}

// stop waits for what is decoded ahead.
func (s *scan) stop() {
	for _, l := range s.order {
		l.reader.Stop()
	}
}

// guarded is next with every error and panic of the decoders turned into an [*Error].
func (s *scan) guarded() (b *Batch, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, s.fail(fmt.Errorf("%w: the decoder gave up: %v", ErrCorrupt, p))
		}
	}()
	b, err = s.next()
	if err == nil {
		return b, nil
	}
	if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrUnreadable) {
		sentinel := ErrCorrupt
		if errors.Is(err, chunk.ErrUnsupported) || errors.Is(err, chunk.ErrRead) {
			sentinel = ErrUnreadable
		}
		err = fmt.Errorf("%w: %w", sentinel, err)
	}
	return nil, s.fail(err)
}

func (s *scan) fail(err error) error {
	e := &Error{File: s.file.name, RowGroup: s.group, Row: s.row + int64(s.done), Err: err}
	if s.at != nil {
		e.Column = s.at.path
	}
	return e
}

// next returns the next batch, or nil at the end of the file.
func (s *scan) next() (*Batch, error) {
	for s.left == 0 {
		if s.group+1 >= len(s.file.groups) {
			return nil, nil
		}
		if err := s.open(); err != nil {
			return nil, err
		}
	}
	for _, l := range s.order {
		l.reset()
	}
	if err := s.fill(); err != nil {
		return nil, err
	}
	b, err := s.batch(s.done)
	if err != nil {
		return nil, err
	}
	s.row += int64(s.done)
	s.left -= int64(s.done)
	s.done = 0
	if s.left == 0 {
		return b, s.finish()
	}
	return b, nil
}

// open begins the next row group.
func (s *scan) open() error {
	s.group++
	s.left = s.file.groups[s.group].NumRows
	for _, l := range s.order {
		s.at = l
		if err := l.open(s.file, s.src, s.group); err != nil {
			return err
		}
	}
	if s.left == 0 {
		return s.finish()
	}
	return nil
}

// finish checks that no column has rows left when the row group has not.
func (s *scan) finish() error {
	for _, l := range s.order {
		s.at = l
		if err := l.finish(); err != nil {
			return err
		}
	}
	s.at = nil
	return nil
}

// batch makes a batch of the rows in the leaves.
func (s *scan) batch(rows int) (*Batch, error) {
	b := &Batch{first: s.row, size: s.size()}
	arrays := make([]arrow.Array, len(s.columns))
	for i, n := range s.columns {
		s.at = s.leaves[n.first().index]
		arr, err := s.assemble(n, rows)
		if err != nil {
			return nil, err
		}
		arrays[i] = arr
		b.columns = append(b.columns, newView(arr, n))
	}
	s.at = nil
	b.record = array.NewRecord(s.schema, arrays, int64(rows))
	return s.file.json.batch(b)
}
