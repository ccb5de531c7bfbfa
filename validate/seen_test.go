package validate

import (
	"math/rand/v2"
	"testing"
)

// TestSeen compares with a map, beyond what is remembered. Hashes that agree in the
// bits that find a slot, or in those that stand in it, are among them.
func TestSeen(t *testing.T) {
	var s seen
	want := map[uint64]int64{}
	rng := rand.New(rand.NewPCG(3, 4))
	for n := int64(1); n <= maxSeen*5/4; n++ {
		hash := rng.Uint64() | 1
		switch rng.IntN(32) {
		case 0:
			hash = rng.Uint64N(1<<16)<<48 + 1<<40
		case 1:
			hash = rng.Uint64N(1<<10) << 44
		}
		first := want[hash]
		if first == 0 && len(want) < maxSeen {
			want[hash] = n
		}
		if got := s.first(hash, n); got != first {
			t.Fatalf("line %d: first(%#x) = %d, want %d", n, hash, got, first)
		}
	}
	if s.n != maxSeen {
		t.Errorf("%d lines are remembered", s.n)
	}
}

// TestSeen_fullSlots: hashes whose slots are the last ones go on at the first.
func TestSeen_fullSlots(t *testing.T) {
	var s seen
	for n := range int64(1000) {
		if first := s.first(^uint64(n), n+1); first != 0 {
			t.Fatalf("line %d was seen as %d", n+1, first)
		}
	}
	for n := range int64(1000) {
		if first := s.first(^uint64(n), 5000); first != n+1 {
			t.Fatalf("line %d was seen as %d", n+1, first)
		}
	}
}
