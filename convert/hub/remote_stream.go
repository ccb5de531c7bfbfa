package hub

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/agenda"
	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// Bounds of reading ahead. What is fetched and not used yet grows with what was used, from firstAhead to mostAhead: a quarter
// of it at first, since who wants a few rows stops soon, and twice as much once settled bytes were used. mostAhead is what a
// link of 400 MiB/s moves in 50 ms.
const (
	firstAhead = 512 << 10
	mostAhead  = 20 << 20
	settled    = 4 << 20
	mostHeld   = 28 << 20 // bytes in memory, used or not
	leastStep  = 256 << 10
	flights    = 8 // requests at once
)

// Stream reads planned parts of a [RemoteFile] and fetches them before they are asked for. It holds at most 28 MiB,
// besides what its reader asks for. It is an [io.ReaderAt], safe for concurrent use, that is good for reads in the order
// of the plan; others work and cost a request each.
type Stream struct {
	file *RemoteFile
	ctx  context.Context
	end  context.CancelCauseFunc

	flying sync.WaitGroup
	mu     sync.Mutex
	agenda *agenda.Agenda
	pieces []*piece // by place in the file; none overlaps another unless the plan does
	queue  []*piece // not asked for yet, in the order of need
	now    int      // requests under way
	ahead  int64    // bytes of the plan in pieces that were not read yet
	held   int64    // bytes of all pieces
	used   int64    // bytes read
}

// piece is a range that one request fetches.
type piece struct {
	agenda.Stretch
	unread int64
	ready  chan struct{} // closed when data or err is set
	data   []byte
	err    error
}

// Stream returns a reader of the given parts of the file, as offsets of the first byte and after the last. The parts of
// one step are read side by side, each forwards, as a reader of rows goes through the columns of a row group; the steps
// are read one after the other. Fetching begins at once and ends with ctx. The caller closes the stream.
func (r *RemoteFile) Stream(ctx context.Context, steps [][][2]int64) *Stream {
	s := &Stream{file: r, agenda: agenda.New(steps, r.remote())}
	ctx, end := context.WithCancelCause(ctx)
	unlink := context.AfterFunc(r.ctx, func() { end(context.Cause(r.ctx)) })
	s.ctx, s.end = ctx, func(err error) { unlink(); end(err) }
	r.mu.Lock()
	r.streams[s] = true
	r.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fill()
	return s
}

// Close ends the stream and waits for its requests to end. It returns nil.
func (s *Stream) Close() error {
	s.file.mu.Lock()
	delete(s.file.streams, s)
	s.file.mu.Unlock()
	s.stop()
	return nil
}

func (s *Stream) stop() {
	s.mu.Lock() // no request starts after the end
	s.end(fmt.Errorf("%s: %w", s.file.from.req.op, fs.ErrClosed))
	s.mu.Unlock()
	s.flying.Wait()
}

// ReadAt is as [io.ReaderAt] says.
func (s *Stream) ReadAt(p []byte, off int64) (int, error) {
	want := span.Of(off, min(off+int64(len(p)), s.file.file.Size))
	if off < 0 || want.Size() < int64(len(p)) {
		return s.file.readAt(s.ctx, p, off) // a mistake of the caller, and no part of any plan
	}
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	have, missing := s.claim(want)
	for _, m := range missing {
		if _, err := s.file.readAt(s.ctx, p[m.From-off:m.To-off], m.From); err != nil {
			return 0, err
		}
	}
	for _, pc := range have {
		select {
		case <-pc.ready:
		case <-s.ctx.Done():
			return 0, context.Cause(s.ctx)
		}
		if pc.err != nil {
			return 0, pc.err
		}
		from, to := max(off, pc.From), min(want.To, pc.To)
		copy(p[from-off:to-off], pc.data[from-pc.From:to-pc.From])
	}
	return len(p), nil
}

// claim returns the pieces that hold a part of want, and the parts that none holds.
func (s *Stream) claim(want span.Span) (have []*piece, missing []span.Span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda.Reach(want)
	at := want.From
	for _, pc := range s.pieces {
		if pc.To <= at || pc.From >= want.To || at == want.To {
			continue
		}
		if pc.From > at {
			missing = append(missing, span.Of(at, pc.From))
		}
		to := min(pc.To, want.To)
		n := min(to-max(at, pc.From), pc.unread)
		pc.unread -= n
		s.ahead -= n
		have, at = append(have, pc), to
	}
	if at < want.To {
		missing = append(missing, span.Of(at, want.To))
	}
	s.used += want.Size()
	s.forget()
	s.fill()
	return have, missing
}

// forget drops the pieces that were read, and those of steps that are over. Who reads from one has it still.
func (s *Stream) forget() {
	s.pieces = slices.DeleteFunc(s.pieces, func(pc *piece) bool {
		if pc.unread > 0 && pc.Step >= s.agenda.Reading() {
			return false
		}
		s.ahead -= pc.unread
		s.held -= pc.Size()
		return true
	})
}

// fill starts requests for what will be needed next, as far as the bounds allow.
func (s *Stream) fill() {
	for s.now < flights && s.ctx.Err() == nil {
		if len(s.queue) == 0 {
			s.lookAhead()
		}
		if len(s.queue) == 0 {
			return
		}
		pc := s.queue[0]
		s.queue = s.queue[1:]
		s.now++
		s.flying.Go(func() { s.fetch(pc) })
	}
}

// lookAhead plans the next pieces, if there is room for them.
func (s *Stream) lookAhead() {
	room := s.used / 4
	if s.used >= settled {
		room = 2 * s.used
	}
	room = min(max(room, firstAhead), mostAhead)
	n := min(max(room/2, leastStep), agenda.MostStep)
	if s.held+n > mostHeld {
		return
	}
	for _, p := range s.agenda.Next(min(room, mostHeld-s.held+s.ahead), s.ahead, n) {
		pc := &piece{Stretch: p, unread: p.Need, ready: make(chan struct{})}
		i, _ := slices.BinarySearchFunc(s.pieces, pc, func(a, b *piece) int { return cmp.Compare(a.From, b.From) })
		s.pieces = slices.Insert(s.pieces, i, pc)
		s.queue = append(s.queue, pc)
		s.ahead += pc.Need
		s.held += pc.Size()
	}
}

// fetch fills a piece and makes room for the next request.
func (s *Stream) fetch(pc *piece) {
	data := make([]byte, pc.Size())
	pc.err = s.file.fetch(s.ctx, data, pc.From)
	pc.data = data
	close(pc.ready)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
	s.fill()
}
