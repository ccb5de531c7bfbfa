package report

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/promptmill/promptmill/bench/results"
)

// worstKept is how many of the slowest requests of a benchmark are kept for each way to be slow.
const worstKept = 5

// strata are the requests of a benchmark by what became of them. A success is among the slowest, or takes part in the
// lottery.
type strata struct {
	room     int
	latency  slowest
	ttft     slowest
	ok, rest lottery
}

func newStrata(room int) *strata {
	keep := min(worstKept, room/8) // of a small room most is for the others
	return &strata{
		room:    room,
		latency: slowest{keep: keep},
		ttft:    slowest{keep: keep, byTTFT: true},
	}
}

func (s *strata) add(t ticket) {
	if t.sample.Status != results.StatusOK {
		s.rest.add(t, s.room)
		return
	}
	if t, out := s.latency.add(t); out {
		if t, out := s.ttft.add(t); out {
			s.ok.add(t, s.room)
		}
	}
}

// drawn are the samples that fit into the room.
func (s *strata) drawn() []Sample {
	worst := len(s.latency.tickets) + len(s.ttft.tickets)
	rest := min(s.rest.Len(), max(s.room/2, s.room-worst-s.ok.Len()))
	out := s.ok.drawn(s.room - worst - rest)
	for _, t := range slices.Concat(s.latency.tickets, s.ttft.tickets) {
		t.sample.Weight = 1
		out = append(out, t.sample)
	}
	return append(out, s.rest.drawn(rest)...)
}

// slowest keeps the tickets with the longest times, sorted.
type slowest struct {
	keep    int
	byTTFT  bool // else by latency
	tickets []ticket
}

func (s *slowest) time(x *Sample) float64 {
	if s.byTTFT {
		return x.First - x.Sent
	}
	return x.Done - x.Sent
}

// order is below 0 when a is to be before b: slower, or by lot.
func (s *slowest) order(a, b *ticket) int {
	return cmp.Or(-cmp.Compare(s.time(&a.sample), s.time(&b.sample)), cmp.Compare(a.lot, b.lot))
}

// add takes t and gives back the ticket that is no longer among the slowest, if there is one.
func (s *slowest) add(t ticket) (beaten ticket, out bool) {
	if s.keep == 0 || len(s.tickets) == s.keep && s.order(&t, &s.tickets[s.keep-1]) > 0 {
		return t, true
	}
	at := 0
	for at < len(s.tickets) && s.order(&s.tickets[at], &t) < 0 {
		at++
	}
	s.tickets = slices.Insert(s.tickets, at, t)
	if len(s.tickets) <= s.keep {
		return ticket{}, false
	}
	beaten = s.tickets[s.keep]
	s.tickets = s.tickets[:s.keep]
	return beaten, true
}

// A lottery keeps the tickets with the lowest lots: a max-heap.
type lottery struct {
	tickets []ticket
	seen    int
}

type ticket struct {
	lot    uint64
	sample Sample
}

func (l *lottery) add(t ticket, room int) {
	l.seen++
	if len(l.tickets) >= room {
		if room == 0 || t.lot >= l.tickets[0].lot {
			return
		}
		heap.Pop(l)
	}
	heap.Push(l, t)
}

func (l *lottery) Len() int           { return len(l.tickets) }
func (l *lottery) Less(i, j int) bool { return l.tickets[i].lot > l.tickets[j].lot }
func (l *lottery) Swap(i, j int)      { l.tickets[i], l.tickets[j] = l.tickets[j], l.tickets[i] }
func (l *lottery) Push(x any)         { l.tickets = append(l.tickets, x.(ticket)) }

func (l *lottery) Pop() any {
	last := l.tickets[len(l.tickets)-1]
	l.tickets = l.tickets[:len(l.tickets)-1]
	return last
}

// drawn are the samples of the lowest lots that fit into room, with their weights.
func (l *lottery) drawn(room int) []Sample {
	tickets := slices.SortedFunc(slices.Values(l.tickets), func(a, b ticket) int { return cmp.Compare(a.lot, b.lot) })
	tickets = tickets[:min(room, len(tickets))]
	out := make([]Sample, len(tickets))
	for i, t := range tickets {
		out[i] = t.sample
		out[i].Weight = float64(l.seen) / float64(len(tickets))
	}
	return out
}
