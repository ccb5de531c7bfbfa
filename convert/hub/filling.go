package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fill"
	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// resumeOver is the size from which a file is remembered block by block: a smaller one is fetched again sooner than
// its journal would be read.
const resumeOver = 16 * fill.BlockSize

// filling is one file in the making: connections of a [crew] bring its blocks in any order, and one goroutine
// hashes them in theirs.
type filling struct {
	ctx     context.Context // of its requests
	cancel  context.CancelCauseFunc
	origin  *origin
	data    *os.File
	journal *fill.Journal // nil: the file is not remembered
	pieces  *fill.Pieces
	tempo   fill.Tempo
	doubts  *fill.Doubts      // nil unless a whole file came wrong
	resumed bool              // an earlier run has brought some
	arrived func(bytes int64) // is told of every block, and of losses
	explain func(error) error // of the disk

	// Guarded by the crew's lock.
	held   bool // a request has failed, and nobody asks before a pause has ended
	paused time.Time
	tries  int // pauses since a block has come
	came   int // blocks in all when that was counted

	mu        sync.Mutex
	ranges    answerKind
	refused   int  // whole answers in a row, since one with a part
	streaming bool // a whole answer is being read
}

// newFilling begins to fill part; ctx ends it.
func newFilling(ctx context.Context, o *origin, part *partial, arrived func(int64)) *filling {
	f := &filling{
		origin: o, data: part.data, journal: part.journal, arrived: arrived, explain: part.error,
		pieces: fill.NewPieces(o.file.Size, part.there), resumed: slices.Contains(part.there, true),
	}
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	return f
}

// answerKind is how a server answers requests for a part of a file.
type answerKind int

const (
	untried answerKind = iota
	inParts            // it has sent a part
	asWhole            // it has sent everything, and never a part: one connection has to bring all of it
)

// bring fetches the blocks [from, to), which the caller has claimed. Those that did not come are given back. buf
// has room for a block.
func (f *filling) bring(from, to int, buf []byte) error {
	mine := from // the next block of the claim
	defer func() { f.pieces.Release(mine, to) }()
	part, start := f.pieces.Bytes(from, to), time.Now()
	b, err := f.origin.get(f.ctx, part)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }() // it was only read
	first, last, answered := from, to, time.Now()
	switch f.judge(b, part) {
	case refuse:
		return &Error{Op: f.origin.req.op, URL: cleanURL(b.from), Message: ErrNoRanges.Error(), Err: ErrNoRanges, again: true}
	case leave:
		return nil
	case takeWhole:
		defer f.streamed()
		first, last = 0, f.pieces.Len()
	}
	for i := first; i < last; i++ {
		p, err := f.read(b, i, buf)
		if err != nil {
			return err
		}
		switch {
		case i == mine && mine < to:
			mine++ // whatever comes of it, it is not the claim's any more
		case !f.pieces.Take(i):
			continue
		}
		if err := f.keep(p, i); err != nil {
			return err
		}
	}
	f.tempo.Note(last-first, answered.Sub(start), time.Since(answered))
	return nil
}

// verdict is what to do with an answer.
type verdict int

const (
	takePart  verdict = iota
	takeWhole         // it is the whole file and not the part that was wanted: the best that this server can do
	leave             // it is the whole file, which another connection reads already
	refuse            // it is the whole file, from a server that has sent parts: a proxy on the way had a bad moment
)

// maxRefused is after how many whole answers in a row a server that has sent parts is believed to have stopped doing
// so.
const maxRefused = 3

// judge decides what to do with an answer, and learns from it what the server can do.
func (f *filling) judge(b *body, part span.Span) verdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b.bytes.Size() <= part.Size() {
		if part.Size() < f.origin.file.Size {
			f.ranges, f.refused = inParts, 0
		}
		return takePart
	}
	switch {
	case f.ranges == inParts && f.refused < maxRefused:
		f.refused++
		return refuse
	case f.streaming:
		return leave
	}
	f.ranges, f.streaming = asWhole, true
	return takeWhole
}

// streamed ends the use of a whole answer.
func (f *filling) streamed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.streaming = false
}

// alone reports whether only one connection may bring the file.
func (f *filling) alone() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ranges == asWhole
}

// read returns the next block of b, which is number i of the file, in buf.
func (f *filling) read(b *body, i int, buf []byte) ([]byte, error) {
	at := f.pieces.Bytes(i, i+1)
	p := buf[:at.Size()]
	n, err := io.ReadFull(b, p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		err = fmt.Errorf("cut after %d of %d bytes: %w", at.From+int64(n)-b.bytes.From, b.bytes.Size(), err)
		return nil, f.origin.c.unanswered(f.ctx, f.origin.req.op, b.from, err)
	}
	if f.ctx.Err() != nil { // net/http notices only when it next has to wait
		return nil, context.Cause(f.ctx)
	}
	return p, nil
}

// keep writes a block that the caller has claimed, remembers it, and only then says that it is there. From then on
// nobody writes it: it may have been hashed.
func (f *filling) keep(p []byte, i int) error {
	settled := false
	defer func() {
		if !settled {
			f.pieces.Release(i, i+1)
		}
	}()
	if _, err := f.data.WriteAt(p, f.pieces.Bytes(i, i+1).From); err != nil {
		return f.explain(err)
	}
	if f.doubts != nil && !f.doubts.Settle(i, p) {
		if err := f.doubts.Hopeless(); err != nil {
			return wrongBytesError{err}
		}
		return nil
	}
	if f.journal != nil {
		if err := f.journal.Mark(i); err != nil {
			return f.explain(err)
		}
	}
	settled = true
	f.pieces.Arrived(i)
	f.arrived(int64(len(p)))
	return nil
}

// flushEvery is how much is hashed between two hints to the disk to begin writing.
const flushEvery = 16 << 20

// hash reads the file as its front moves, until all of it is there.
func (f *filling) hash() (*digest, error) {
	sum := newDigest(f.origin.file)
	buf := make([]byte, fill.BlockSize)
	flushed := int64(0)
	for n, total := 0, f.pieces.Len(); n < total; {
		front, err := f.pieces.Await(n)
		if err != nil {
			return nil, err
		}
		for ; n < front; n++ {
			at := f.pieces.Bytes(n, n+1)
			if _, err := f.data.ReadAt(buf[:at.Size()], at.From); err != nil {
				return nil, f.explain(fmt.Errorf("reading back what was downloaded: %w", err))
			}
			_, _ = sum.Write(buf[:at.Size()]) // hashes do not fail
			if at.To-flushed >= flushEvery {
				disk.BeginWriting(f.data, flushed, at.To-flushed)
				flushed = at.To
			}
		}
	}
	return sum, nil
}

// fail ends the filling with an error.
func (f *filling) fail(err error) {
	f.pieces.Fail(err)
	f.cancel(err)
}

// restart forgets everything that came, except what it was like: from now on each block has to come twice in a row with
// the same bytes. No connection may be at work.
func (f *filling) restart() error {
	var err error
	if f.doubts, err = fill.NewDoubts(f.data, f.pieces); err != nil {
		return err
	}
	f.arrived(f.pieces.Left() - f.origin.file.Size)
	if f.journal != nil {
		err = f.journal.Clear()
	}
	f.pieces.Restart()
	return err
}
