package validate

import (
	"math"
	"math/bits"
)

const (
	maxSeen    = 1 << 20 // how many different lines are remembered
	blockLines = 1 << 12
	minSlots   = 1 << 16
	maxSlots   = 2 * maxSeen
	growth     = 16
	pageSlots  = 4096 / 4
	warmLines  = 64 // how many at a time
)

// seen remembers lines by their hashes to find those that repeat: the first million
// that differ, in about 20 MiB.
//
// A slot holds an index and, above it, some bits of the hash, by which most others are
// told apart: so what is read at random is small.
type seen struct {
	slots  []uint32 // an index plus 1 below the tag of its hash; 0 is empty
	shift  int      // what is left of a hash after it is the number of its slot
	blocks []*seenBlock
	n      int // how many hashes
}

// A seenBlock is some lines that were the first with their hashes.
type seenBlock struct {
	hashes [blockLines]uint64
	lines  [blockLines]uint32
}

const indexMask = 2*maxSeen - 1

// tag returns the bits of a hash that stand in its slot.
func tag(hash uint64) uint32 { return uint32(hash) &^ indexMask }

// first returns the number of the line that had the hash first, or 0 if none had;
// then line n is the one from now on.
func (s *seen) first(hash uint64, n int64) int64 {
	if 4*s.n >= 3*len(s.slots) && len(s.slots) < maxSlots {
		s.grow()
	}
	i := hash >> s.shift
	for v := s.slots[i]; v != 0; v = s.slots[i] {
		if v&^indexMask == tag(hash) {
			if b, at := s.at(v&indexMask - 1); b.hashes[at] == hash {
				return int64(b.lines[at])
			}
		}
		i = (i + 1) & uint64(len(s.slots)-1)
	}
	if s.n < maxSeen && n <= math.MaxUint32 {
		if s.n%blockLines == 0 {
			b := new(seenBlock)
			b.hashes[0] = hash // as with the slots, a page must not be read before it is written
			s.blocks = append(s.blocks, b)
		}
		b, at := s.at(uint32(s.n))
		b.hashes[at], b.lines[at] = hash, uint32(n)
		s.n++
		s.slots[i] = tag(hash) | uint32(s.n)
	}
	return 0
}

// at returns where the hash with index k is.
func (s *seen) at(k uint32) (*seenBlock, uint32) { return s.blocks[k/blockLines], k % blockLines }

// warm brings the slots of lines that come next to the cache, all at the same time
// instead of one by one. What it returns means nothing.
//
//go:noinline
func (s *seen) warm(lines []lineFound) (v uint32) {
	if len(s.slots) > 0 {
		for i := range lines {
			v |= s.slots[lines[i].hash>>s.shift]
		}
	}
	return v
}

func (s *seen) grow() {
	size := max(minSlots, min(growth*len(s.slots), maxSlots))
	s.slots = make([]uint32, size)
	for i := 0; i < size; i += pageSlots {
		s.slots[i] = 0 // a page that is read before it is written is mapped twice, and every core waits for that
	}
	s.shift = 64 - bits.TrailingZeros(uint(size))
	for k := range uint32(s.n) {
		b, at := s.at(k)
		i := b.hashes[at] >> s.shift
		for s.slots[i] != 0 {
			i = (i + 1) & uint64(size-1)
		}
		s.slots[i] = tag(b.hashes[at]) | (k + 1)
	}
}
