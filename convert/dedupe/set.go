package dedupe

import "math/bits"

// A set holds keys that are hashes already; the zero key stands for an empty slot and cannot be in it.
//
// It is a table with open addressing in parts that grow one at a time by a quarter each: at least 0.68 of the slots are
// used once a part is not small, and no moment needs the memory of two whole tables, which a Go map that doubles does.
type set[K comparable] struct {
	position func(K) uint64 // the bits of a key that place it
	parts    [parts]part[K]
}

type part[K comparable] struct {
	slots []K
	used  int
}

const (
	parts     = 256
	firstSize = 16
)

func newSet[K comparable](position func(K) uint64) set[K] {
	return set[K]{position: position}
}

// has reports whether k is in s.
func (s *set[K]) has(k K) bool {
	h := s.position(k)
	p := &s.parts[h%parts]
	return len(p.slots) > 0 && p.slots[p.find(h, k)] == k
}

// add puts k in s and reports whether it was not there.
func (s *set[K]) add(k K) bool {
	h := s.position(k)
	p := &s.parts[h%parts]
	if p.used*20 >= len(p.slots)*17 {
		s.grow(p)
	}
	i := p.find(h, k)
	if p.slots[i] == k {
		return false
	}
	p.slots[i] = k
	p.used++
	return true
}

func (s *set[K]) grow(p *part[K]) {
	var empty K
	old := p.slots
	p.slots = make([]K, max(firstSize, len(old)+len(old)/4))
	for _, k := range old {
		if k != empty {
			p.slots[p.find(s.position(k), k)] = k
		}
	}
}

// find returns the slot that holds k, or the empty one where it belongs. There always is an empty one.
func (p *part[K]) find(h uint64, k K) int {
	var empty K
	high, _ := bits.Mul64(h, uint64(len(p.slots)))
	i := int(high)
	for p.slots[i] != empty && p.slots[i] != k {
		if i++; i == len(p.slots) {
			i = 0
		}
	}
	return i
}
