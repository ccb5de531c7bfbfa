package mock

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Sent says when a server sent the answer to one request: the truth that a client's times are checked against.
// All times are wall-clock nanoseconds since 1970; a chunk's is read right before the write of the chunk.
type Sent struct {
	ID         string  `json:"id"`          // the request's X-Request-Id, or the response's id where it had none
	ArrivedNS  int64   `json:"arrived_ns"`  // the kernel had the end of the request; 0 where it does not say
	ReceivedNS int64   `json:"received_ns"` // the request had been read
	StartedNS  int64   `json:"started_ns"`  // it got its slot
	HeaderNS   int64   `json:"header_ns"`   // the response header was sent; 0 is never
	SendsNS    []int64 `json:"sends_ns"`    // each chunk with content or reasoning; one for an answer that is not streamed
	record     bool
}

// stamp notes a chunk.
func (s *Sent) stamp(now time.Time) {
	if s.record {
		s.SendsNS = append(s.SendsNS, now.UnixNano())
	}
}

// maxStamps is how many chunk times a sendLog keeps in all.
const maxStamps = 1 << 24

// sendLog keeps records of requests that have ended, in the order in which they did. Safe for concurrent use.
type sendLog struct {
	limit int // requests; 0 records nothing

	mu       sync.Mutex
	sent     []Sent
	reserved int // requests, ended or not
	stamps   int // chunk times reserved
	dropped  int64
}

// open reserves room for a request of n chunks; where there is none, s will not be kept.
func (l *sendLog) open(s *Sent, n int) {
	if l.limit == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reserved >= l.limit || l.stamps+n > maxStamps {
		l.dropped++
		return
	}
	l.reserved++
	l.stamps += n
	s.record, s.SendsNS = true, make([]int64, 0, n)
}

// publish keeps s if there was room for it. It must not change afterwards.
func (l *sendLog) publish(s *Sent) {
	if !s.record {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, *s)
}

// snapshot returns what has been published; with reset, the log is empty afterwards.
func (l *sendLog) snapshot(reset bool) (sent []Sent, dropped int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	sent, dropped = slices.Clip(l.sent), l.dropped
	if reset {
		// What is under way keeps its reservation: it is published later, and reset then.
		for i := range sent {
			l.stamps -= cap(sent[i].SendsNS)
		}
		l.reserved -= len(sent)
		l.sent, l.dropped = nil, 0
	}
	return sent, dropped
}

// appendJSON appends s as one line.
func (s *Sent) appendJSON(dst []byte) []byte {
	id, err := json.Marshal(s.ID)
	if err != nil {
		id = []byte(`""`)
	}
	number := func(name string, v int64) {
		dst = append(dst, name...)
		dst = strconv.AppendInt(dst, v, 10)
	}
	dst = append(append(dst, `{"id":`...), id...)
	number(`,"arrived_ns":`, s.ArrivedNS)
	number(`,"received_ns":`, s.ReceivedNS)
	number(`,"started_ns":`, s.StartedNS)
	number(`,"header_ns":`, s.HeaderNS)
	dst = append(dst, `,"sends_ns":[`...)
	for i, t := range s.SendsNS {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, t, 10)
	}
	return append(dst, "]}\n"...)
}
