package convert

import (
	"bufio"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

const (
	runMemory  = 16 << 20 // of items in memory
	mergeRead  = 8 << 20  // of all runs together, while they are merged
	recordHead = 8 + 8 + 8 + 1 + 4
	// itemMemory is about what an item takes in memory beside its body.
	itemMemory = 48
)

// shuffle hands items on in the order of their keys, which is a random one. It is an external merge sort: as many items
// as fit into a fixed memory are sorted and put aside as a run; at the end the runs are merged. How many fit does not
// change the order.
type shuffle struct {
	spool spool
	runs  []int64 // where each begins
	items []kept  // of the run that is being gathered; at is in body
	body  []byte
	next  func(*item) error
}

func newShuffle(dir string, next func(*item) error) *shuffle {
	return &shuffle{spool: spool{dir: dir}, next: next}
}

func (s *shuffle) add(it *item) error {
	if len(s.items) > 0 && len(s.body)+len(it.body)+itemMemory*len(s.items) > runMemory {
		if err := s.run(); err != nil {
			return err
		}
	}
	s.items = append(s.items, it.keptAt(int64(len(s.body))))
	s.body = append(s.body, it.body...)
	return nil
}

// sorted calls yield for the items in memory, in order.
func (s *shuffle) sorted(yield func(*item) error) error {
	slices.SortFunc(s.items, func(a, b kept) int {
		if a.before(&b) {
			return -1
		}
		return 1
	})
	for i := range s.items {
		k := &s.items[i]
		if err := yield(k.with(s.body[k.at : k.at+int64(k.size)])); err != nil {
			return err
		}
	}
	s.items, s.body = s.items[:0], s.body[:0]
	return nil
}

// run puts the items in memory aside.
func (s *shuffle) run() error {
	s.runs = append(s.runs, s.spool.size())
	return s.sorted(func(it *item) error {
		var head [recordHead]byte
		binary.LittleEndian.PutUint64(head[0:], it.key)
		binary.LittleEndian.PutUint64(head[8:], uint64(it.n))
		binary.LittleEndian.PutUint64(head[16:], uint64(it.row))
		head[24] = byte(it.kind)
		binary.LittleEndian.PutUint32(head[25:], uint32(len(it.body)))
		if err := s.spool.put(head[:]); err != nil {
			return err
		}
		return s.spool.put(it.body)
	})
}

func (s *shuffle) end(ctx context.Context) error {
	next := until(ctx, s.next)
	if len(s.runs) == 0 {
		return s.sorted(next)
	}
	if err := s.run(); err != nil {
		return err
	}
	if err := s.spool.flush(); err != nil {
		return err
	}
	s.items, s.body = nil, nil
	return s.merge(next)
}

// merge hands on what is in the runs, the first of all each time.
func (s *shuffle) merge(next func(*item) error) error {
	size := max(4<<10, mergeRead/len(s.runs))
	heads := make(runHeap, 0, len(s.runs))
	for i, start := range s.runs {
		stop := s.spool.size()
		if i+1 < len(s.runs) {
			stop = s.runs[i+1]
		}
		r := &runReader{r: bufio.NewReaderSize(io.NewSectionReader(&s.spool, start, stop-start), size)}
		if err := r.advance(); err != nil {
			return err
		}
		heads = append(heads, r)
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		first := heads[0]
		if err := next(&first.item); err != nil {
			return err
		}
		switch err := first.advance(); {
		case err == nil:
			heap.Fix(&heads, 0)
		case errors.Is(err, io.EOF):
			heap.Pop(&heads)
		default:
			return err
		}
	}
	return nil
}

func (s *shuffle) close() { s.spool.close() }

// runReader is at one item of a run.
type runReader struct {
	r    *bufio.Reader
	item item
}

// advance goes to the next item; io.EOF means that there is none.
func (r *runReader) advance() error {
	var head [recordHead]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return err
	}
	n := int(binary.LittleEndian.Uint32(head[25:]))
	r.item = item{
		key: binary.LittleEndian.Uint64(head[0:]), n: int64(binary.LittleEndian.Uint64(head[8:])),
		row: int64(binary.LittleEndian.Uint64(head[16:])), kind: reshape(head[24]),
		body: slices.Grow(r.item.body[:0], n)[:n],
	}
	_, err := io.ReadFull(r.r, r.item.body)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// runHeap is a heap.Interface: the run whose item is the first of all comes first.
type runHeap []*runReader

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return h[i].item.before(&h[j].item) }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*runReader)) }
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
