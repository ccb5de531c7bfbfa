package openai

import (
	"sync/atomic"
	"time"
)

// A lateness tells the readers of all connections whether they keep up with what arrives. While they do, a read takes
// one segment, and the kernel's time is that segment's. Readers that are late find several, of which a read gives the
// time of the last only; they then read chunk by chunk, at the cost of more system calls. Safe for concurrent use.
type lateness struct{ until atomic.Int64 } // on the clock

const (
	lateRead = 2 * time.Millisecond  // after the arrival; few servers send tokens of one stream faster than that
	lateHold = 10 * time.Millisecond // for which readers count as late after a late read
)

// note takes note of a read that has just returned. A nil lateness takes none.
func (l *lateness) note(s stamp) {
	if l == nil || !s.kernel || s.now-s.at < int64(lateRead) {
		return
	}
	if until := s.now + int64(lateHold); until-l.until.Load() > int64(lateHold/4) { // one store serves many readers
		l.until.Store(until)
	}
}

// since says whether some reader was late after the instant at, or shortly before. Of a nil lateness none was.
func (l *lateness) since(at int64) bool { return l != nil && l.until.Load() > at }
