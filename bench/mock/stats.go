package mock

import "sync/atomic"

// Stats counts generation requests that passed all checks. Arrived is the sum of all others.
type Stats struct {
	Arrived   int64
	Running   int   // have a slot
	Waiting   int   // for a slot
	Answered  int64 // to the end
	Refused   int64 // the queue was full
	Failed    int64 // on purpose
	Cancelled int64 // by the client's leaving, or by Close
}

// Stats returns the counts as of now; while requests come and go they need not add up.
func (s *Server) Stats() Stats {
	st := Stats{
		Arrived:   s.tally.arrived.Load(),
		Answered:  s.tally.ended[outcomeAnswered].Load(),
		Refused:   s.tally.ended[outcomeRefused].Load(),
		Failed:    s.tally.ended[outcomeFailed].Load(),
		Cancelled: s.tally.ended[outcomeCancelled].Load(),
	}
	st.Running, st.Waiting = s.slots.counts()
	return st
}

type outcome int

const (
	outcomeAnswered outcome = iota
	outcomeRefused
	outcomeFailed
	outcomeCancelled
	outcomes
)

type tally struct {
	arrived atomic.Int64
	ended   [outcomes]atomic.Int64

	prompt, cached, output atomic.Int64 // tokens of the generations that ended here, to the end or on purpose
}

// arrive counts a request and returns its ordinal, from 0.
func (t *tally) arrive() uint64 { return uint64(t.arrived.Add(1) - 1) }

func (t *tally) end(o outcome) { t.ended[o].Add(1) }

// count adds the tokens of a generation that has ended.
func (t *tally) count(st *stream) {
	t.prompt.Add(int64(st.size.prompt))
	t.cached.Add(int64(st.reply.cached))
	t.output.Add(int64(st.next))
}
