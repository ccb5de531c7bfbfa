package mock

import "sync"

// promptCache remembers which prompts a server has had, by hash. Safe for concurrent use.
type promptCache struct {
	mu    sync.Mutex
	known map[uint64]struct{}
}

// seen reports whether the prompt is known, and from now on it is. A full cache forgets everything.
func (p *promptCache) seen(hash uint64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.known[hash]; ok {
		return true
	}
	if p.known == nil || len(p.known) >= maxPrompts {
		p.known = make(map[uint64]struct{})
	}
	p.known[hash] = struct{}{}
	return false
}
