// Package agenda plans what to fetch, and when, of a file whose parts are going to be read in a known order.
package agenda

import (
	"cmp"
	"slices"

	"github.com/promptmill/promptmill/convert/hub/internal/span"
)

// MostStep is the most bytes to cut off at a time.
const MostStep = 4 << 20

const (
	leastPart = 64 << 10 // of one part at a time, so that a small column is not fetched in crumbs
	mostPart  = 2 << 20  // in one request
	nearby    = 32 << 10 // ranges that are no farther apart are fetched as one: a gap costs less than a request
)

// Agenda is the parts of a file that are going to be read: where the reader is in them, and which were cut off to be
// fetched. The parts of a step are read side by side, each forwards; the steps are read one after the other. It is not safe
// for concurrent use.
type Agenda struct {
	steps   [][]span.Span
	reading int     // the step that the reader is in
	pos     []int64 // per part of it, up to where it was read; nil before the first read
	step    int     // the step that is being cut
	cut     []int64 // per part of it, up to where it is cut; nil before the first cut
}

// Stretch is a range of the file to be fetched at once.
type Stretch struct {
	span.Span
	Need int64 // bytes of it that the agenda asks for
	Step int   // the last step that does
}

// New returns the agenda for the file before limit. Steps are parts, as offsets of the first byte and after the last.
func New(steps [][][2]int64, limit int64) *Agenda {
	a := &Agenda{steps: make([][]span.Span, len(steps))}
	for i, parts := range steps {
		for _, b := range parts {
			at := span.Of(min(max(b[0], 0), limit), min(max(b[1], 0), limit))
			if at.Size() > 0 {
				a.steps[i] = append(a.steps[i], at)
			}
		}
	}
	return a
}

// starts returns where the parts of a step begin.
func (a *Agenda) starts(step int) []int64 {
	at := make([]int64, len(a.steps[step]))
	for k, p := range a.steps[step] {
		at[k] = p.From
	}
	return at
}

// Reach notes that the reader is at want, and will get all of it.
func (a *Agenda) Reach(want span.Span) {
	for i := a.reading; i < len(a.steps); i++ {
		k := slices.IndexFunc(a.steps[i], func(p span.Span) bool { return p.From <= want.From && want.From < p.To })
		if k < 0 {
			continue
		}
		if i > a.reading || a.pos == nil {
			a.reading, a.pos = i, a.starts(i)
		}
		if a.step < i {
			a.step, a.cut = i, nil
		}
		to := min(want.To, a.steps[i][k].To)
		a.pos[k] = max(a.pos[k], to)
		if a.step == i {
			a.begin()
			a.cut[k] = max(a.cut[k], to)
		}
		return
	}
}

// Reading returns the number of the step that the reader is in.
func (a *Agenda) Reading() int { return a.reading }

// begin sets the cuts of a step that has none to its start.
func (a *Agenda) begin() {
	if a.cut == nil {
		a.cut = a.starts(a.step)
	}
}

// Next cuts off what should be fetched now, n bytes or more at a time, so that room bytes are ahead of the reader; so many
// are already.
func (a *Agenda) Next(room, ahead, n int64) []Stretch {
	var out []Stretch
	for a.step < len(a.steps) {
		a.begin()
		now := a.step == a.reading
		if !now && ahead+n > room {
			break
		}
		for k, to := range a.goals(room, n) {
			if at := span.Of(a.cut[k], to); at.Size() > 0 {
				out = append(out, Stretch{at, at.Size(), a.step})
				ahead += at.Size()
				a.cut[k] = to
			}
		}
		if !slices.EqualFunc(a.cut, a.steps[a.step], func(at int64, p span.Span) bool { return at == p.To }) {
			if now {
				break // later steps have time
			}
			continue
		}
		a.step, a.cut = a.step+1, nil
	}
	return a.join(out)
}

// goals returns up to where the parts of the step should be cut. All parts of a step end with the same row, so what is
// left of each tells how fast the reader will go through it. Of the step that is read there should be room bytes ahead of
// the reader, fetched n at a time; of a later one, n more than there are.
func (a *Agenda) goals(room, n int64) []int64 {
	parts, from, want := a.steps[a.step], a.cut, n
	if a.step == a.reading {
		from, want = a.pos, room
		if from == nil {
			from = a.starts(a.step)
		}
	}
	var left int64
	for k, p := range parts {
		left += p.To - from[k]
	}
	least := max(min(leastPart, MostStep/int64(max(len(parts), 1))), 1)
	goals := make([]int64, len(parts))
	for k, p := range parts {
		share := float64(p.To-from[k]) / float64(max(left, 1))
		goals[k] = min(from[k]+max(int64(share*float64(want)), least), p.To)
		piece := min(max(int64(share*float64(n)), least), mostPart)
		if goals[k] < p.To && goals[k]-a.cut[k] < piece {
			goals[k] = a.cut[k] // not worth a request yet
		}
	}
	return goals
}

// join sorts stretches by place, makes one of those that are close together with nothing of the agenda between them, and
// several of those that are too long for a request.
func (a *Agenda) join(parts []Stretch) []Stretch {
	slices.SortStableFunc(parts, func(a, b Stretch) int { return cmp.Compare(a.From, b.From) })
	var out []Stretch
	for _, p := range parts {
		if n := len(out) - 1; n >= 0 && p.To-out[n].From <= mostPart && a.idle(out[n], p) {
			last := &out[n]
			last.To = max(last.To, p.To)
			last.Need += p.Need
			last.Step = max(last.Step, p.Step)
			continue
		}
		for p.Size() > mostPart {
			first := p
			first.To = p.From + mostPart
			first.Need = first.Size()
			out = append(out, first)
			p.From, p.Need = first.To, p.Need-first.Need
		}
		out = append(out, p)
	}
	return out
}

// idle reports whether between p and q, which come in this order, there is little, and nothing that anybody wants.
func (a *Agenda) idle(p, q Stretch) bool {
	gap := span.Of(p.To, q.From)
	if gap.Size() <= 0 || gap.Size() > nearby {
		return gap.Size() <= 0
	}
	for i := min(p.Step, q.Step); i <= max(p.Step, q.Step); i++ {
		if slices.ContainsFunc(a.steps[i], func(at span.Span) bool { return at.From < gap.To && gap.From < at.To }) {
			return false
		}
	}
	return true
}
