package hub

import (
	"cmp"
	"slices"
)

const (
	leastPart = 64 << 10 // of one part at a time, so that a small column is not fetched in crumbs
	mostPart  = 2 << 20  // in one request
	nearby    = 32 << 10 // ranges that are no farther apart are fetched as one: a gap costs less than a request
)

// agenda is the parts of a file that are going to be read, in the order of [RemoteFile.Stream]: where the reader is in
// them, and which were cut off to be fetched.
type agenda struct {
	steps   [][]span
	reading int     // the step that the reader is in
	pos     []int64 // per part of it, up to where it was read; nil before the first read
	step    int     // the step that is being cut
	cut     []int64 // per part of it, up to where it is cut; nil before the first cut
}

// stretch is a range of the file to be fetched at once.
type stretch struct {
	span
	need int64 // bytes of it that the agenda asks for
	step int   // the last step that does
}

// newAgenda returns the agenda for the file before limit.
func newAgenda(steps [][][2]int64, limit int64) *agenda {
	a := &agenda{steps: make([][]span, len(steps))}
	for i, parts := range steps {
		for _, b := range parts {
			at := span{min(max(b[0], 0), limit), min(max(b[1], 0), limit)}
			if at.size() > 0 {
				a.steps[i] = append(a.steps[i], at)
			}
		}
	}
	return a
}

// starts returns where the parts of a step begin.
func (a *agenda) starts(step int) []int64 {
	at := make([]int64, len(a.steps[step]))
	for k, p := range a.steps[step] {
		at[k] = p.from
	}
	return at
}

// reach notes that the reader is at want, and will get all of it.
func (a *agenda) reach(want span) {
	for i := a.reading; i < len(a.steps); i++ {
		k := slices.IndexFunc(a.steps[i], func(p span) bool { return p.from <= want.from && want.from < p.to })
		if k < 0 {
			continue
		}
		if i > a.reading || a.pos == nil {
			a.reading, a.pos = i, a.starts(i)
		}
		if a.step < i {
			a.step, a.cut = i, nil
		}
		to := min(want.to, a.steps[i][k].to)
		a.pos[k] = max(a.pos[k], to)
		if a.step == i {
			a.begin()
			a.cut[k] = max(a.cut[k], to)
		}
		return
	}
}

// begin sets the cuts of a step that has none to its start.
func (a *agenda) begin() {
	if a.cut == nil {
		a.cut = a.starts(a.step)
	}
}

// next cuts off what should be fetched now, n bytes or more at a time, so that room bytes are ahead of the reader; so many
// are already.
func (a *agenda) next(room, ahead, n int64) []stretch {
	var out []stretch
	for a.step < len(a.steps) {
		a.begin()
		now := a.step == a.reading
		if !now && ahead+n > room {
			break
		}
		for k, to := range a.goals(room, n) {
			if at := (span{a.cut[k], to}); at.size() > 0 {
				out = append(out, stretch{at, at.size(), a.step})
				ahead += at.size()
				a.cut[k] = to
			}
		}
		if !slices.EqualFunc(a.cut, a.steps[a.step], func(at int64, p span) bool { return at == p.to }) {
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
func (a *agenda) goals(room, n int64) []int64 {
	parts, from, want := a.steps[a.step], a.cut, n
	if a.step == a.reading {
		from, want = a.pos, room
		if from == nil {
			from = a.starts(a.step)
		}
	}
	var left int64
	for k, p := range parts {
		left += p.to - from[k]
	}
	least := max(min(leastPart, mostStep/int64(max(len(parts), 1))), 1)
	goals := make([]int64, len(parts))
	for k, p := range parts {
		share := float64(p.to-from[k]) / float64(max(left, 1))
		goals[k] = min(from[k]+max(int64(share*float64(want)), least), p.to)
		piece := min(max(int64(share*float64(n)), least), mostPart)
		if goals[k] < p.to && goals[k]-a.cut[k] < piece {
			goals[k] = a.cut[k] // not worth a request yet
		}
	}
	return goals
}

// join sorts stretches by place, makes one of those that are close together with nothing of the agenda between them, and
// several of those that are too long for a request.
func (a *agenda) join(parts []stretch) []stretch {
	slices.SortStableFunc(parts, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var out []stretch
	for _, p := range parts {
		if n := len(out) - 1; n >= 0 && p.to-out[n].from <= mostPart && a.idle(out[n], p) {
			last := &out[n]
			last.to = max(last.to, p.to)
			last.need += p.need
			last.step = max(last.step, p.step)
			continue
		}
		for p.size() > mostPart {
			first := p
			first.to = p.from + mostPart
			first.need = first.size()
			out = append(out, first)
			p.from, p.need = first.to, p.need-first.need
		}
		out = append(out, p)
	}
	return out
}

// idle reports whether between p and q, which come in this order, there is little, and nothing that anybody wants.
func (a *agenda) idle(p, q stretch) bool {
	gap := span{p.to, q.from}
	if gap.size() <= 0 || gap.size() > nearby {
		return gap.size() <= 0
	}
	for i := min(p.step, q.step); i <= max(p.step, q.step); i++ {
		if slices.ContainsFunc(a.steps[i], func(at span) bool { return at.from < gap.to && gap.from < at.to }) {
			return false
		}
	}
	return true
}
