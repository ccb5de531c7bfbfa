package tokens

import (
	"math"
	"math/bits"
)

// noRank is the rank of a pair that is not merged.
const noRank = math.MaxUint32

// A merge is what becomes of a pair: lower ranks go first.
type merge struct {
	rank uint32
	id   int32
}

// A pairTable maps pairs of tokens to their merge. Encoding spends most of its time here: open addressing halves what a
// map takes.
type pairTable struct {
	slots []pairSlot // a power of two, at most half of them in use
	shift int
	used  int
}

type pairSlot struct {
	left, right int32
	merge       merge
}

func newPairTable(pairs int) *pairTable {
	size := 1 << bits.Len(uint(max(2*pairs, 2)-1))
	t := &pairTable{slots: make([]pairSlot, size), shift: 64 - bits.TrailingZeros(uint(size))}
	for i := range t.slots {
		t.slots[i].left = noToken
	}
	return t
}

// slot returns where the pair is, or else has to be.
func (t *pairTable) slot(left, right int32) *pairSlot {
	const golden = 0x9e3779b97f4a7c15
	at := (uint64(uint32(left))<<32 | uint64(uint32(right))) * golden >> t.shift
	for {
		s := &t.slots[at]
		if s.left == left && s.right == right || s.left == noToken {
			return s
		}
		at = (at + 1) & uint64(len(t.slots)-1)
	}
}

// set replaces the merge of a pair that has one. No more pairs may be set than the table was made for.
func (t *pairTable) set(left, right int32, m merge) {
	s := t.slot(left, right)
	if s.left == noToken {
		t.used++
	}
	*s = pairSlot{left, right, m}
}

// get returns a merge of [noRank] for a pair that has none.
func (t *pairTable) get(left, right int32) merge {
	if s := t.slot(left, right); s.left != noToken {
		return s.merge
	}
	return merge{noRank, noToken}
}
