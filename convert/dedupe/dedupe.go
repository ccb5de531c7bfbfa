// Package dedupe tells which texts were seen before: the very same ones ([Exact]) or nearly the same ones ([Near]).
//
// Both remember hashes and no text, so memory grows by a known number of bytes for each text that was new. What they
// answer depends on the texts and their order alone. Neither is safe for concurrent use.
package dedupe

import "github.com/zeebo/xxh3"

// Exact knows texts again by 128 bits of their hash: two texts that differ are taken for one with a probability below
// 10^-20 among a billion of them. It uses at most 24 bytes for each text that was new, and 16 bytes of these are the
// hash.
type Exact struct {
	seen set[xxh3.Uint128]
}

// NewExact returns an Exact that has seen nothing.
func NewExact() *Exact {
	return &Exact{seen: newSet(func(h xxh3.Uint128) uint64 { return h.Hi })}
}

// Seen reports whether text was given to Seen before.
func (e *Exact) Seen(text string) bool {
	h := xxh3.HashString128(text)
	if h == (xxh3.Uint128{}) {
		h.Lo = 1 // zero is an empty slot
	}
	return !e.seen.add(h)
}
