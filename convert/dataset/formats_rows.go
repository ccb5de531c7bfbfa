package dataset

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync/atomic"
)

// A rowReader reads the rows of a block of a file that has no types of its own.
type rowReader interface {
	// begin moves to the start of a block, which is at p.
	begin(b *block, p position)
	// next moves to the next row; io.EOF at the end.
	next() error
	// infer widens root, which is a struct, by the row.
	infer(root *shape, b *budget) error
	// fill appends the row to root.
	fill(root *cell) error
	// found tells of what was found in the block.
	found() *finds
}

// rowTable is a [Table] of a file whose types were found by reading it, or the start of it.
type rowTable struct {
	file   *stored
	head   csvHead  // of CSV
	skip   int      // bytes at the start, after a byte order mark, that are not rows
	body   position // where the rows begin
	schema Schema
	root   *node // a struct, whose fields are the columns
	rows   atomic.Int64
	whole  atomic.Bool // all rows are counted
	sum    string      // "" when not all was read
	facts  Facts
}

var _ keeper = (*rowTable)(nil)

// openRows reads the file once, or the start that has the rows which o asks for.
func openRows(ctx context.Context, s *stored, o TableOptions) (*rowTable, error) {
	hash := newHashing(o)
	defer hash.end()
	r, closer, err := s.open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer closer.Close() // only read from
	t := &rowTable{file: s}
	if s.format == TSV {
		t.head.comma = '\t'
	}
	found, err := t.survey(newBlocks(r, t.cutter()), o.Rows)
	if err == nil && found.whole {
		_, err = io.Copy(io.Discard, r) // what follows the rows is hashed too
	}
	if err != nil {
		return nil, t.fail(ctx, err)
	}
	if found.whole {
		t.sum = hash.sum()
	}
	t.rows.Store(found.rows)
	t.whole.Store(found.whole)
	t.root = found.root.node()
	t.schema.Fields = t.root.field.Children
	t.facts = Facts{Format: s.format, Compression: s.compression, Size: s.size, Notices: append(slices.Clone(s.notices), found.notices(oneLine(s.name)+": ")...)}
	if !found.whole {
		t.facts.Looked = t.rows.Load()
	}
	return t, nil
}

// cutter returns what cuts the text of the file into blocks.
func (t *rowTable) cutter() func(text []byte, first bool) int {
	switch t.file.format {
	case JSON:
		return cutArray
	case CSV, TSV:
		return t.head.cut
	}
	return cutLines
}

// reader returns what reads the rows in blocks of the file.
func (t *rowTable) reader() rowReader {
	switch t.file.format {
	case JSONL:
		return &jsonLines{}
	case JSON:
		return &jsonArray{}
	case CSV, TSV:
		return &csvFile{csvHead: &t.head}
	}
	return &textLines{}
}

// fail says where in the file err is.
func (t *rowTable) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e := &Error{File: t.file.name, RowGroup: -1, Row: -1, Err: withoutPath(err)}
	if p, ok := errors.AsType[*placed](err); ok {
		e.Line, e.Col, e.Err = p.line, p.col, p.err
	}
	if !errors.Is(e.Err, ErrUnreadable) {
		e.Err = fmt.Errorf("%w: %w", ErrCorrupt, e.Err)
	}
	return e
}

// Schema implements [Table].
func (t *rowTable) Schema() Schema { return t.schema }

// NumRows implements [Table].
func (t *rowTable) NumRows() int64 { return t.rows.Load() }

// Facts implements [Table].
func (t *rowTable) Facts() Facts { return t.facts }

// Close implements [Table]. The file is open only while it is read.
func (t *rowTable) Close() error { return nil }

// SHA256 implements [Table].
func (t *rowTable) SHA256(ctx context.Context) (string, error) {
	if t.sum != "" {
		return t.sum, nil
	}
	return t.file.sha256(ctx)
}

// Batches implements [Table].
func (t *rowTable) Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error] {
	return t.BatchesKept(ctx, columns, 1)
}

// BatchesKept is [Table.Batches] for who works on several batches at once: each is valid until keep more have been asked
// for.
func (t *rowTable) BatchesKept(ctx context.Context, columns []string, keep int) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		root, err := t.wanted(columns)
		if err != nil {
			yield(nil, err)
			return
		}
		r, closer, err := t.file.open(ctx, nil)
		if err != nil {
			yield(nil, err)
			return
		}
		defer closer.Close() // only read from
		if err := t.batches(ctx, r, root, keep, yield); err != nil {
			yield(nil, t.fail(ctx, err))
		}
	}
}

// wanted returns the root with the named columns only.
func (t *rowTable) wanted(columns []string) (*node, error) {
	if columns == nil {
		return t.root, nil
	}
	children, err := columnsNamed(t.root.children, columns, t.file.name, &t.schema)
	if err != nil {
		return nil, err
	}
	root := &node{children: children}
	root.field.Kind = Struct
	return root, nil
}

// start returns the rows in r, which is at the start of the file.
func (t *rowTable) start(r io.Reader) (*blocks, error) {
	b := bufio.NewReader(r)
	withoutBOM(b)
	if _, err := b.Discard(t.skip); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	in := newBlocks(b, t.cutter())
	in.marked = true // and left out
	return in, nil
}
