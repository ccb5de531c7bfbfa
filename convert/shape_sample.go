package convert

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
)

// sample keeps the size items with the smallest keys, which is a uniform choice of so many, and hands them on in the
// order of the input. It holds one small entry for each item that it keeps; the lines are put aside.
type sample struct {
	size    int64
	kept    keptHeap // the item with the largest key first
	spool   spool
	dropped func(reason string)
	next    func(*item) error
	after   sink // whose add is next; nil when next is the last
}

// kept is an item whose body is somewhere else: there are many of them.
type kept struct {
	key    uint64
	n, row int64
	at     int64 // where the body begins
	size   uint32
	kind   reshape
}

func (it *item) keptAt(at int64) kept {
	return kept{key: it.key, n: it.n, row: it.row, at: at, size: uint32(len(it.body)), kind: it.kind}
}

// with returns the item whose body is found.
func (k *kept) with(body []byte) *item {
	return &item{key: k.key, n: k.n, row: k.row, kind: k.kind, body: body}
}

// before is [item.before].
func (k *kept) before(l *kept) bool { return k.key < l.key || k.key == l.key && k.n < l.n }

func (s *sample) add(it *item) error {
	full := int64(len(s.kept)) == s.size
	if full {
		s.dropped(dropSample)
		if first := s.kept[0]; !it.before(first.with(nil)) {
			return nil
		}
	}
	k := it.keptAt(s.spool.size())
	if err := s.spool.put(it.body); err != nil {
		return err
	}
	if full {
		s.kept[0] = k
		heap.Fix(&s.kept, 0)
	} else {
		heap.Push(&s.kept, k)
	}
	return nil
}

func (s *sample) end(ctx context.Context) error {
	next := until(ctx, s.next)
	slices.SortFunc(s.kept, func(a, b kept) int { return cmp.Compare(a.n, b.n) })
	var body []byte
	for i := range s.kept {
		k := &s.kept[i]
		body = slices.Grow(body[:0], int(k.size))[:k.size]
		if _, err := s.spool.ReadAt(body, k.at); err != nil {
			return err
		}
		if err := next(k.with(body)); err != nil {
			return err
		}
	}
	if s.after == nil {
		return nil
	}
	return s.after.end(ctx)
}

func (s *sample) close() {
	s.spool.close()
	if s.after != nil {
		s.after.close()
	}
}

// keptHeap is a heap.Interface.
type keptHeap []kept

func (h keptHeap) Len() int           { return len(h) }
func (h keptHeap) Less(i, j int) bool { return h[j].before(&h[i]) }
func (h keptHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *keptHeap) Push(x any)        { *h = append(*h, x.(kept)) }
func (h *keptHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
