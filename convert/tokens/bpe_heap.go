package tokens

// A mergeHeap merges long words: looking for the lowest rank in all of one would take time that grows with the square
// of its length.
type mergeHeap struct {
	nodes []heapNode
	queue []candidate
}

// A heapNode is a symbol in a list, by index; -1 ends it.
type heapNode struct {
	symbol
	before, after int32
}

// A candidate is a pair that could be merged when it was added. It is stale once either symbol has changed.
type candidate struct {
	merge
	at int32
}

func (c candidate) less(d candidate) bool {
	return c.rank < d.rank || c.rank == d.rank && c.at < d.at
}

// gone is the size of a symbol that was merged into the one before it.
const gone = 0

// merge merges the symbols of dst from index from on.
func (h *mergeHeap) merge(pairs *pairTable, dst []symbol, from int) []symbol {
	h.nodes, h.queue = h.nodes[:0], h.queue[:0]
	for i, s := range dst[from:] {
		h.nodes = append(h.nodes, heapNode{s, int32(i) - 1, int32(i) + 1})
	}
	h.nodes[len(h.nodes)-1].after = -1
	for i := range h.nodes {
		h.consider(pairs, int32(i))
	}
	for len(h.queue) > 0 {
		h.apply(pairs, h.pop())
	}
	dst = dst[:from]
	for i := int32(0); i >= 0; i = h.nodes[i].after {
		dst = append(dst, h.nodes[i].symbol)
	}
	return dst
}

// consider adds the pair that begins at i.
func (h *mergeHeap) consider(pairs *pairTable, i int32) {
	if i < 0 || h.nodes[i].after < 0 {
		return
	}
	if m := pairs.get(h.nodes[i].id, h.nodes[h.nodes[i].after].id); m.rank != noRank {
		h.push(candidate{m, i})
	}
}

func (h *mergeHeap) apply(pairs *pairTable, c candidate) {
	left := &h.nodes[c.at]
	if left.size == gone || left.after < 0 {
		return
	}
	right := &h.nodes[left.after]
	if pairs.get(left.id, right.id) != c.merge {
		return
	}
	left.symbol = symbol{c.id, left.size + right.size}
	left.after = right.after
	right.size = gone
	if left.after >= 0 {
		h.nodes[left.after].before = c.at
	}
	h.consider(pairs, left.before)
	h.consider(pairs, c.at)
}

func (h *mergeHeap) push(c candidate) {
	h.queue = append(h.queue, c)
	for i := len(h.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.queue[i].less(h.queue[up]) {
			return
		}
		h.queue[i], h.queue[up] = h.queue[up], h.queue[i]
		i = up
	}
}

func (h *mergeHeap) pop() candidate {
	top, last := h.queue[0], len(h.queue)-1
	h.queue[0] = h.queue[last]
	h.queue = h.queue[:last]
	for i := 0; ; {
		low := i
		for _, down := range [2]int{2*i + 1, 2*i + 2} {
			if down < last && h.queue[down].less(h.queue[low]) {
				low = down
			}
		}
		if low == i {
			return top
		}
		h.queue[i], h.queue[low] = h.queue[low], h.queue[i]
		i = low
	}
}
