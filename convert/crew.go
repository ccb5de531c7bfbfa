package convert

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

const (
	maxWorkers = 4 // more of them wait for the one that decodes, and each takes memory
	// largeBatch is the size from which on a batch is converted and written before the next is read: rows of that size
	// must not be in memory several times.
	largeBatch = 16 << 20
)

// keeper is a table whose batches can be used while further ones are read.
type keeper interface {
	BatchesKept(ctx context.Context, columns []string, keep int) iter.Seq2[*dataset.Batch, error]
}

// inOrder reports that what becomes of a row depends on the rows before it, or that some row is the last: then one batch
// is converted after the other. An option that remembers rows belongs here, and so does one that makes of a row many times
// its size, which is written as it is made instead of gathered.
func (p *pipeline) inOrder() bool {
	return p.options.Limit > 0 || p.options.MaxRowsPerFile > 0 || p.options.shaped() || p.sieve.exact != nil || p.sieve.near != nil ||
		p.options.Mapping.Turns == mapping.EachTurn || p.sizer.large()
}

// workers returns how many batches of f are converted at the same time.
func (p *pipeline) workers(f dataset.Table) int {
	if _, ok := f.(keeper); !ok || p.inOrder() {
		return 1
	}
	if n := p.options.Workers; n > 0 {
		return n
	}
	return min(runtime.GOMAXPROCS(0), maxWorkers)
}

// A crew converts the batches of a file: one goroutine decodes, some convert, and the caller's writes in the order of the
// file.
type crew struct {
	mapping *mapping.Mapping
	before  int64      // rows of the files before
	idle    chan *desk // has room for all desks, as the others have: only who receives ever waits
	jobs    chan *desk
	queue   chan *desk // in the order of the file
}

// A desk is where a batch is converted.
type desk struct {
	pipeline *pipeline // with an output that only gathers lines
	batch    *dataset.Batch
	done     chan struct{}
	err      error
	panicked any
}

func newCrew(p *pipeline, m *mapping.Mapping, desks int) *crew {
	c := &crew{
		mapping: m, before: p.seen,
		idle: make(chan *desk, desks), jobs: make(chan *desk, desks), queue: make(chan *desk, desks),
	}
	for range desks {
		c.idle <- &desk{pipeline: p.apart(), done: make(chan struct{}, 1)}
	}
	return c
}

// apart returns a pipeline with the options of p and with books of its own.
func (p *pipeline) apart() *pipeline {
	q := *p
	q.out, q.ledger, q.reshaped, q.prompt, q.object, q.taken = newGathering(), Ledger{}, reshaped{}, mapping.Prompt{}, object{}, 0
	q.strays = strays{file: p.strays.file}
	return &q
}

// rowsTogether is rows with n workers.
func (p *pipeline) rowsTogether(ctx context.Context, f dataset.Table, src SourceFile, m *mapping.Mapping, n int) (read int64, err error) {
	var all sync.WaitGroup
	defer all.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	desks := n + 2 // one is decoded, one is written
	c := newCrew(p, m, desks)
	batches := f.(keeper).BatchesKept(ctx, m.Columns(), desks)
	all.Go(func() { c.decode(ctx, batches) })
	for range n {
		all.Go(func() { c.work(ctx) })
	}
	for d := range c.queue {
		<-d.done
		if read, err = p.collect(d, src, read); err != nil {
			return read, err
		}
		c.idle <- d
	}
	if ctx.Err() != nil {
		return read, context.Cause(ctx)
	}
	return read, nil
}

// collect takes over what a desk has made of the batch that follows read rows, and returns how many are read then.
func (p *pipeline) collect(d *desk, src SourceFile, read int64) (int64, error) {
	if d.panicked != nil {
		panic(d.panicked)
	}
	if b := d.batch; b != nil && b.FirstRow() != read {
		return read, notNext(src, b, read)
	}
	if e, ok := errors.AsType[*RowError](d.err); ok {
		e.File = src.name()
		return e.Row, d.err
	}
	if e, ok := errors.AsType[*lineError](d.err); ok {
		e.line += p.taken
	}
	if d.err != nil {
		return read, d.err
	}
	read += int64(d.batch.NumRows())
	p.seen += int64(d.batch.NumRows())
	if err := p.take(d.pipeline); err != nil {
		return read, err
	}
	if p.options.Progress != nil {
		p.options.Progress(p.ledger.Read+read, p.out.lines)
	}
	return read, nil
}

// take moves the lines and the books of q, which was set apart from p, to p.
func (p *pipeline) take(q *pipeline) error {
	for reason, n := range q.ledger.Dropped {
		p.ledger.add(reason, n)
	}
	p.ledger.Added += q.ledger.Added
	clear(q.ledger.Dropped)
	q.ledger.Added = 0
	p.reshaped.add(q.reshaped)
	p.strays.take(&q.strays)
	p.taken += q.taken
	q.reshaped, q.taken = reshaped{}, 0
	return p.out.take(q.out)
}

// decode gives out the batches. A desk is there before a batch is decoded, so no more of them are in use than are kept.
func (c *crew) decode(ctx context.Context, batches iter.Seq2[*dataset.Batch, error]) {
	defer close(c.jobs)
	defer close(c.queue)
	d := c.seat(ctx)
	if d == nil {
		return
	}
	for b, err := range batches {
		d.batch, d.err = b, err
		c.queue <- d
		if err != nil {
			d.done <- struct{}{}
			return
		}
		c.jobs <- d
		if b.Size() > largeBatch && !c.rest(ctx) {
			return
		}
		if d = c.seat(ctx); d == nil {
			return
		}
	}
}

// seat returns a desk that nobody uses, nil when ctx ends.
func (c *crew) seat(ctx context.Context) *desk {
	select {
	case d := <-c.idle:
		return d
	case <-ctx.Done():
		return nil
	}
}

// rest waits until all that was decoded is written; it is false when ctx ends before.
func (c *crew) rest(ctx context.Context) bool {
	var desks []*desk
	for range cap(c.idle) {
		d := c.seat(ctx)
		if d == nil {
			return false
		}
		desks = append(desks, d)
	}
	for _, d := range desks {
		c.idle <- d
	}
	return true
}

func (c *crew) work(ctx context.Context) {
	for d := range c.jobs {
		if ctx.Err() == nil { // else nobody waits for it
			d.pipeline.seen = c.before + d.batch.FirstRow()
			d.convert(c.mapping)
		}
		d.done <- struct{}{}
	}
}

// convert converts the rows of the batch. What is a bug is for the goroutine that collects.
func (d *desk) convert(m *mapping.Mapping) {
	defer func() {
		if p := recover(); p != nil {
			d.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
		}
	}()
	for row := range d.batch.NumRows() {
		if d.err = d.pipeline.row(m, d.batch, row); d.err == nil {
			continue
		}
		if e, ok := errors.AsType[*RowError](d.err); ok {
			e.Row = d.batch.FirstRow() + int64(row)
		}
		return
	}
}
