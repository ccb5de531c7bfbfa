package live

import (
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// windowSlots is how many seconds "the last seconds" are.
const windowSlots = 5

// A reading is the counters at an instant: requests sent by the run, and what became of those of the benchmark.
type reading struct {
	at                       time.Duration
	sent, ok, failed, tokens int64
}

// spans are the times of requests that ended in the same second or so.
type spans struct{ latency, ttft, tpot histogram }

func (s *spans) add(r *results.Record) {
	s.latency.add(r.DoneNS - r.SentNS)
	if r.FirstTokenNS > 0 {
		s.ttft.add(r.FirstTokenNS - r.SentNS)
	}
	if v, ok := perToken(r); ok {
		s.tpot.add(v)
	}
}

func (s *spans) merge(other *spans) {
	s.latency.merge(&other.latency)
	s.ttft.merge(&other.ttft)
	s.tpot.merge(&other.tpot)
}

// A window is the last seconds of a benchmark, second by second.
type window struct {
	slots    [windowSlots]spans
	readings [windowSlots]reading // at the beginning of each slot
	turns    int
}

// now is the slot that is being filled.
func (w *window) now() *spans { return &w.slots[w.slot()] }

func (w *window) slot() int { return max(0, w.turns-1) % windowSlots }

// turn begins a slot.
func (w *window) turn(r reading) {
	w.turns++
	w.slots[w.slot()] = spans{}
	w.readings[w.slot()] = r
}

// all are the times of all slots, and the reading at the beginning of the oldest.
func (w *window) all() (*spans, reading) {
	var s spans
	for i := range w.slots {
		s.merge(&w.slots[i])
	}
	oldest := 0
	if w.turns > windowSlots {
		oldest = w.turns % windowSlots
	}
	return &s, w.readings[oldest]
}

// A rate is what happened per second between two readings.
type rate struct{ sent, ok, failed, tokens float64 }

func between(from, to reading) rate {
	seconds := (to.at - from.at).Seconds()
	if seconds <= 0 {
		return rate{}
	}
	return rate{
		sent: float64(to.sent-from.sent) / seconds, ok: float64(to.ok-from.ok) / seconds,
		failed: float64(to.failed-from.failed) / seconds, tokens: float64(to.tokens-from.tokens) / seconds,
	}
}
