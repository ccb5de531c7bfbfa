package tokens

import "hash/maphash"

const (
	maxCached  = 48      // bytes of a word that is remembered
	cacheSlots = 1 << 13 // words that are remembered
)

// A workspace is what one encoding at a time needs: room, and the words that it met lately. It takes at most about 4 MiB.
type workspace struct {
	heap    mergeHeap
	ranks   [maxScanned]merge
	symbols []symbol
	seed    maphash.Seed
	cache   []cached
}

type cached struct {
	word    string
	symbols []symbol
}

func newWorkspace() *workspace {
	return &workspace{seed: maphash.MakeSeed(), cache: make([]cached, cacheSlots)}
}

// slot returns the only place of a word, where another may be.
func (w *workspace) slot(word string) *cached {
	return &w.cache[maphash.String(w.seed, word)%cacheSlots]
}
