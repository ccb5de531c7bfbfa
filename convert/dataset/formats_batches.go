package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// filled is a block of which rows were put into a batch.
type filled struct {
	block
	cell  *cell
	in    rowReader
	batch *Batch // nil when there are no rows
	more  bool   // there are rows left
	err   error
}

// batches yields all rows in r, which is at the start of the file. An error that it returns was not yielded.
func (t *rowTable) batches(ctx context.Context, r io.Reader, root *node, keep int, yield func(*Batch, error) bool) error {
	in, err := t.start(r)
	if err != nil {
		return err
	}
	s := &filling{table: t, ctx: ctx, root: root, keep: keep, yield: yield, at: t.body}
	n := readers()
	var failed error
	order[*filled]{
		workers: n, ahead: n + 2,
		next: func() (*filled, bool) {
			f := s.idleOne()
			failed = in.next(&f.block)
			return f, failed == nil
		},
		large: func(f *filled) bool { return len(f.text) >= largeBlock },
		work:  func(_ int, f *filled) { f.begin() },
		take:  s.take,
	}.run()
	switch {
	case s.err != nil || s.stopped:
		return s.err
	case !errors.Is(failed, io.EOF):
		return within(failed, s.at)
	}
	return t.counted(s.first)
}

// counted compares the rows that came with those that were found before, or keeps their number.
func (t *rowTable) counted(rows int64) error {
	if t.whole.Load() && rows != t.rows.Load() {
		return fmt.Errorf("%w: it had %d rows, now it has %d", errOther, t.rows.Load(), rows)
	}
	t.rows.Store(rows)
	t.whole.Store(true)
	return nil
}

// errFurther reports a value that does not fit the rows that were looked at.
var errFurther = errors.New("the type of a value is not that of the rows that were looked at, and no type holds both; without --limit all rows are looked at")

// surprise says what to do about a value of another type, where not all rows were looked at.
func (t *rowTable) surprise(err error) error {
	if p, ok := errors.AsType[*placed](err); ok && t.facts.Looked > 0 && errors.Is(p.err, errOther) {
		p.err = errFurther
	}
	return err
}

// filling is what [rowTable.batches] is at.
type filling struct {
	table   *rowTable
	ctx     context.Context
	root    *node
	keep    int
	yield   func(*Batch, error) bool
	idle    []*filled
	held    []*filled // whose batches may be in use, the oldest first
	first   int64     // row of the next batch
	at      position  // of the next block
	stopped bool
	err     error
}

func (s *filling) idleOne() *filled {
	if last := len(s.idle) - 1; last >= 0 {
		f := s.idle[last]
		s.idle = s.idle[:last]
		return f
	}
	return &filled{cell: newCell(s.root, s.table.facts.Looked > 0), in: s.table.reader()}
}

// begin makes the first batch of the block.
func (f *filled) begin() {
	f.in.begin(&f.block, position{1, 1})
	f.fill()
}

// fill makes a batch of the next rows of the block.
func (f *filled) fill() {
	f.cell.reset()
	f.batch, f.more, f.err = nil, false, nil
	for n := 0; ; n++ {
		if n%64 == 0 && f.cell.size() >= batchBytes {
			f.more = true
			break
		}
		err := f.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = f.in.fill(f.cell)
		}
		if err != nil {
			f.err = err
			return
		}
	}
	if f.cell.valid.n > 0 {
		f.batch, f.err = f.cell.batch(0)
	}
}

// take yields the batches of a block.
func (s *filling) take(f *filled) (more bool) {
	for {
		if f.err != nil {
			s.err = s.table.surprise(within(f.err, s.at))
			return false
		}
		if s.ctx.Err() != nil {
			s.err = context.Cause(s.ctx)
			return false
		}
		if f.batch != nil && !s.give(f) {
			return false
		}
		if !f.more {
			break
		}
		rest := &filled{block: f.block, in: f.in, cell: newCell(s.root, s.table.facts.Looked > 0)}
		f.in, f.block = s.table.reader(), block{} // which rest has now
		f = rest
		f.fill()
	}
	s.at = s.at.after(f.text)
	return true
}

// give yields a batch, and takes back those that are no longer kept.
func (s *filling) give(f *filled) (more bool) {
	f.batch.first = s.first
	s.first += int64(f.batch.NumRows())
	if !s.yield(f.batch, nil) {
		s.stopped = true
		return false
	}
	s.held = append(s.held, f)
	if len(s.held) >= s.keep {
		s.recycle(s.held[0])
		s.held = s.held[1:]
	}
	return true
}

// recycle reuses the memory of a block, unless rows like its are rare: that much memory is not kept for each.
func (s *filling) recycle(f *filled) {
	if cap(f.text) < largeBlock && f.cell.size() < largeBlock {
		s.idle = append(s.idle, f)
	}
}
