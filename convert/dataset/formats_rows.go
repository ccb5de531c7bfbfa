package dataset

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"unicode/utf8"
)

// maxRowBytes bounds a row as it is written: a line, a record, an element.
const maxRowBytes = 64 << 20

// A rowReader reads the rows of a file that has no types of its own.
type rowReader interface {
	// next moves to the next row; io.EOF at the end.
	next() error
	// infer widens root, which is a struct, by the row.
	infer(root *shape, b *budget) error
	// fill appends the row to root.
	fill(root *cell) error
	// notices tells of what was found on the way.
	notices() []string
}

// placed is an error at a place in a text.
type placed struct {
	line, col int64 // from 1; in characters
	err       error
}

func (e *placed) Error() string { return e.err.Error() }
func (e *placed) Unwrap() error { return e.err }

// placeIn places a syntax error in a text that begins at line and col.
func placeIn(err error, text []byte, line, col int64) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*syntaxError](err)
	if !ok {
		return &placed{line, 0, err}
	}
	for _, b := range text[:min(e.at, len(text))] {
		switch {
		case b == '\n':
			line, col = line+1, 1
		case utf8.RuneStart(b):
			col++
		}
	}
	return &placed{line, col, e}
}

// rowTable is a [Table] of a file whose types were found by reading it.
type rowTable struct {
	file   *stored
	schema Schema
	root   *node // a struct, whose fields are the columns
	rows   int64
	sum    string
	facts  Facts
}

// openRows reads the file once.
func openRows(ctx context.Context, s *stored) (*rowTable, error) {
	sum := sha256.New()
	r, closer, err := s.open(ctx, sum)
	if err != nil {
		return nil, err
	}
	defer closer.Close() // only read from
	t := &rowTable{file: s}
	root, notices, err := t.survey(r)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if err != nil {
		return nil, t.fail(ctx, err)
	}
	t.sum = hex.EncodeToString(sum.Sum(nil))
	t.root = root.node()
	t.schema.Fields = t.root.field.Children
	t.facts = Facts{Format: s.format, Compression: s.compression, Size: s.size, Notices: append(slices.Clone(s.notices), notices...)}
	return t, nil
}

// survey finds the types of all rows and counts them.
func (t *rowTable) survey(r io.Reader) (*shape, []string, error) {
	root := &shape{kind: Struct}
	left := &budget{maxFields}
	in, err := t.reader(r)
	if err != nil {
		return nil, nil, err
	}
	for {
		if err := in.next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, err
		}
		if err := in.infer(root, left); err != nil {
			return nil, nil, err
		}
		t.rows++
	}
	name := oneLine(t.file.name) + ": "
	var list []string
	for _, n := range in.notices() {
		list = append(list, name+n)
	}
	const most = 12
	var wide []string
	for _, f := range root.fields {
		wide = f.widened(wide, f.name)
	}
	for _, w := range wide[:min(len(wide), most)] {
		list = append(list, oneLine(name+"column "+w))
	}
	if more := len(wide) - most; more > 0 {
		list = append(list, fmt.Sprintf("%sand %d more columns of several types", name, more))
	}
	return root, list, nil
}

// reader returns what reads the rows in r.
func (t *rowTable) reader(r io.Reader) (rowReader, error) {
	b := bufio.NewReaderSize(r, 256<<10)
	marked := withoutBOM(b)
	lines := lineReader{r: b, marked: marked}
	switch t.file.format {
	case JSONL:
		return &jsonLines{lines: lines}, nil
	case JSON:
		return newJSONArray(lines)
	case CSV:
		return newCSV(lines, 0)
	case TSV:
		return newCSV(lines, '\t')
	}
	return &textLines{lines: lines}, nil
}

// fail says where in the file err is.
func (t *rowTable) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e := &Error{File: t.file.name, RowGroup: -1, Row: -1, Err: fmt.Errorf("%w: %w", ErrCorrupt, withoutPath(err))}
	if p, ok := errors.AsType[*placed](err); ok {
		e.Line, e.Col = p.line, p.col
		e.Err = fmt.Errorf("%w: %w", ErrCorrupt, p.err)
	}
	return e
}

// Schema implements [Table].
func (t *rowTable) Schema() Schema { return t.schema }

// NumRows implements [Table].
func (t *rowTable) NumRows() int64 { return t.rows }

// Facts implements [Table].
func (t *rowTable) Facts() Facts { return t.facts }

// Close implements [Table]. The file is open only while it is read.
func (t *rowTable) Close() error { return nil }

// SHA256 implements [Table].
func (t *rowTable) SHA256(context.Context) (string, error) { return t.sum, nil }

// Batches implements [Table].
func (t *rowTable) Batches(ctx context.Context, columns []string) iter.Seq2[*Batch, error] {
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
		if err := t.batches(ctx, r, newCell(root), yield); err != nil {
			yield(nil, t.fail(ctx, err))
		}
	}
}

// wanted returns the root with the named columns only.
func (t *rowTable) wanted(columns []string) (*node, error) {
	if columns == nil {
		return t.root, nil
	}
	root := &node{}
	for _, name := range columns {
		i := slices.IndexFunc(t.root.children, func(n *node) bool { return n.field.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s: %w: %q; the file has %s", t.file.name, ErrNoColumn, name, t.schema.brief())
		}
		if !slices.Contains(root.children, t.root.children[i]) {
			root.children = append(root.children, t.root.children[i])
		}
	}
	root.field.Kind = Struct
	return root, nil
}

// batches yields all rows in r. An error that it returns was not yielded.
func (t *rowTable) batches(ctx context.Context, r io.Reader, root *cell, yield func(*Batch, error) bool) error {
	in, err := t.reader(r)
	if err != nil {
		return err
	}
	first, most := int64(0), firstRows
	for end := false; !end; {
		root.reset()
		for root.valid.n < most && root.size() < batchBytes {
			if err = in.next(); err == nil {
				err = in.fill(root)
			}
			if end = errors.Is(err, io.EOF); end {
				break
			}
			if err != nil {
				return err
			}
		}
		if root.valid.n == 0 {
			break
		}
		b, err := root.batch(first)
		if err != nil {
			return err
		}
		first += int64(root.valid.n)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !yield(b, nil) {
			return nil
		}
		most = min(2*most, batchRows)
	}
	if first != t.rows {
		return fmt.Errorf("%w: it had %d rows, now it has %d", errOther, t.rows, first)
	}
	return nil
}
