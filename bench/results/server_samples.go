package results

import (
	"encoding/json"
	"slices"
	"sync"
)

// samples are those of servers that a [Writer] was given. Unlike the rest of it they come from another goroutine.
type samples struct {
	mu    sync.Mutex
	all   []ServerMetrics
	lines []byte // those that are not in the file yet, as JSON
}

// AddServerSample adds what a server said of itself; the next checkpoint carries it. Unlike the other methods it may be
// called at any time, from any goroutine. It keeps nothing of s.
func (w *Writer) AddServerSample(s *ServerSample) error {
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	w.samples.mu.Lock()
	defer w.samples.mu.Unlock()
	w.samples.all = AddServerSample(w.samples.all, s)
	w.samples.lines = append(append(w.samples.lines, line...), '\n')
	return nil
}

func (s *samples) waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines) > 0
}

// take returns the lines that are not in the file yet; nil is none.
func (s *samples) take() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.lines
	s.lines = nil
	return lines
}

// joined returns what was given after what there was before.
func (s *samples) joined(before []ServerMetrics) []ServerMetrics {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Concat(before, s.all)
}
