package tokens

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// A runeRange is the runes from lo to hi, both included.
type runeRange struct{ lo, hi rune }

// A runeSet is a set of runes. Its ranges are sorted and apart.
type runeSet struct {
	ranges []runeRange
	ascii  [utf8.RuneSelf]bool
	plane  []uint64 // the basic plane as bits, where most text is
}

const planeSize = 1 << 16

// newRuneSet returns the union of the ranges.
func newRuneSet(ranges ...runeRange) *runeSet {
	s := &runeSet{ranges: union(ranges)}
	for _, r := range s.ranges {
		for c := r.lo; c <= min(r.hi, utf8.RuneSelf-1); c++ {
			s.ascii[c] = true
		}
	}
	return s
}

// ready prepares the set for many questions.
func (s *runeSet) ready() *runeSet {
	s.plane = make([]uint64, planeSize/64)
	for _, r := range s.ranges {
		for c := r.lo; c <= min(r.hi, planeSize-1); c++ {
			s.plane[c>>6] |= 1 << (c & 63)
		}
	}
	return s
}

// has needs a set that is ready.
func (s *runeSet) has(r rune) bool {
	if uint32(r) < planeSize {
		return s.plane[r>>6]>>(r&63)&1 != 0
	}
	_, found := slices.BinarySearchFunc(s.ranges, r, func(a runeRange, r rune) int {
		switch {
		case a.hi < r:
			return -1
		case a.lo > r:
			return 1
		}
		return 0
	})
	return found
}

func (s *runeSet) disjoint(t *runeSet) bool {
	for _, a := range s.ranges {
		for _, b := range t.ranges {
			if a.lo <= b.hi && b.lo <= a.hi {
				return false
			}
		}
	}
	return true
}

// union sorts the ranges and joins those that touch.
func union(ranges []runeRange) []runeRange {
	ranges = slices.Clone(ranges)
	slices.SortFunc(ranges, func(a, b runeRange) int { return int(a.lo) - int(b.lo) })
	out := ranges[:0]
	for _, r := range ranges {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

// complement returns all runes but those of the ranges.
func complement(ranges []runeRange) (out []runeRange) {
	next := rune(0)
	for _, r := range union(ranges) {
		if r.lo > next {
			out = append(out, runeRange{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, runeRange{next, unicode.MaxRune})
	}
	return out
}

// folded adds what differs from the ranges in case only.
func folded(ranges []runeRange) []runeRange {
	out := slices.Clone(ranges)
	for _, r := range ranges {
		if r.hi-r.lo > planeSize {
			continue // a complement: what it lacks is too little to tell cases apart
		}
		for c := r.lo; c <= r.hi; c++ {
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				out = append(out, runeRange{f, f})
			}
		}
	}
	return out
}

// rangesOf returns what a table of package unicode holds.
func rangesOf(t *unicode.RangeTable) (out []runeRange) {
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			out = append(out, runeRange{lo, hi})
			return
		}
		for c := lo; c <= hi; c += stride {
			out = append(out, runeRange{c, c})
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return out
}
