package mock

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// slots admits generations: limit at once, then a queue. Safe for concurrent use.
type slots struct {
	limit int        // 0 is none
	queue int        // negative is no limit
	rng   *rand.Rand // picks who is next; nil is first come, first served

	mu      sync.Mutex
	running int
	waiting []*stream
}

type admission int

const (
	admitted admission = iota
	queued
	refused
)

func (s *slots) admit(st *stream) admission {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.limit == 0 || s.running < s.limit:
		s.running++
		return admitted
	case s.queue >= 0 && len(s.waiting) >= s.queue:
		return refused
	}
	s.waiting = append(s.waiting, st)
	return queued
}

// release gives a slot back and returns the stream that has it now, if one waited. That stream may have been
// cancelled meanwhile; then its slot must be released in turn.
func (s *slots) release() *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		s.running--
		return nil
	}
	i := 0
	if s.rng != nil {
		i = s.rng.IntN(len(s.waiting))
	}
	st := s.waiting[i]
	s.waiting = slices.Delete(s.waiting, i, i+1)
	return st
}

// leave takes a waiting stream out of the queue.
func (s *slots) leave(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, st); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
}

func (s *slots) counts() (running, waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running, len(s.waiting)
}
