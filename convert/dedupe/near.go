package dedupe

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/zeebo/xxh3"
)

const (
	gram      = 5   // words in a shingle
	maxHashes = 112 // of a signature: 14 bands of 8 at the usual threshold
)

// Near knows texts again that share most of their shingles, which are the runs of five words. How near two texts are is
// the Jaccard similarity of their sets of shingles: the number they share over the number in either. Words differ by letters
// and digits alone, not by case or accents; a text of fewer than five words is one shingle.
//
// It is MinHash with bands. A signature has Bands() x Rows() minima, and two texts are near when all minima of one
// band agree, which happens with probability 1-(1-s^rows)^bands at similarity s: about 0.64 at the threshold, rising
// steeply above it and falling steeply below. It uses at most 12 bytes for each band of a text that was new.
type Near struct {
	bands, rows int
	seen        set[uint64]
	factors     [maxHashes]uint64
	addends     [maxHashes]uint64
	minima      [maxHashes]uint64
	keys        []uint64
	text        []byte // normalised, reused
	ends        []int  // of its words, reused
}

// NewNear returns a Near for a threshold between 0.1 and 1, inclusive. At 0.7 it has 14 bands of 8 hashes.
func NewNear(threshold float64) (*Near, error) {
	if !(threshold >= 0.1 && threshold <= 1) {
		return nil, fmt.Errorf("similarity %v: want a number from 0.1 to 1", threshold)
	}
	n := &Near{seen: newSet(func(h uint64) uint64 { return h })}
	n.bands, n.rows = shape(threshold)
	n.keys = make([]uint64, n.bands)
	state := uint64(0)
	for i := range maxHashes {
		n.factors[i] = splitmix(&state) | 1
		n.addends[i] = splitmix(&state)
	}
	return n, nil
}

// shape returns the bands and rows, of at most maxHashes hashes, whose threshold (1/bands)^(1/rows) is nearest to the
// one that is wanted.
func shape(threshold float64) (bands, rows int) {
	best := math.Inf(1)
	for r := 1; r <= maxHashes; r++ {
		b := maxHashes / r
		off := math.Abs(math.Pow(1/float64(b), 1/float64(r)) - threshold)
		if off < best {
			best, bands, rows = off, b, r
		}
	}
	return bands, rows
}

// splitmix returns the next number of a fixed sequence (Steele, Lea and Flood, 2014).
func splitmix(state *uint64) uint64 {
	*state += 0x9E3779B97F4A7C15
	z := *state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Seen reports whether text is near one for which Seen returned false before. A text without any letter or digit is
// near nothing.
func (n *Near) Seen(text string) bool {
	n.text, n.ends = appendWords(n.text[:0], n.ends[:0], text)
	if len(n.ends) == 0 {
		return false
	}
	n.sign()
	if slices.ContainsFunc(n.keys, n.seen.has) {
		return true
	}
	for _, k := range n.keys {
		n.seen.add(k)
	}
	return false
}

// sign fills keys with one hash for each band of the words' signature. Fewer words than a shingle has are one shingle.
func (n *Near) sign() {
	hashes := n.bands * n.rows
	for i := range hashes {
		n.minima[i] = math.MaxUint64
	}
	for last := min(gram, len(n.ends)); last <= len(n.ends); last++ {
		start := 0
		if last > gram {
			start = n.ends[last-gram-1]
		}
		h := xxh3.Hash(n.text[start:n.ends[last-1]])
		for i := range hashes {
			n.minima[i] = min(n.minima[i], h*n.factors[i]+n.addends[i])
		}
	}
	var band [8 * maxHashes]byte
	for b := range n.bands {
		row := band[:0]
		for _, m := range n.minima[b*n.rows : (b+1)*n.rows] {
			row = binary.LittleEndian.AppendUint64(row, m)
		}
		n.keys[b] = max(1, xxh3.HashSeed(row, uint64(b))) // zero is an empty slot
	}
}
