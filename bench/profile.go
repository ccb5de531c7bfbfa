package bench

import (
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// A Profile yields the strategies of a run. Next gets the outcomes so far, in order, and returns the next strategy,
// or false when there is none.
type Profile interface {
	Next(done []Outcome) (Strategy, bool)
}

// An Explainer is a [Profile] that chooses, and so has something to say at its end: Explain gets all of its outcomes
// and returns one sentence for the user.
type Explainer interface {
	Profile
	Explain(done []Outcome) string
}

// Chooses reports whether p makes its loads of what it measures, for which it must see [Outcome] with its trend.
func Chooses(p Profile) bool {
	if chain, ok := p.(Chain); ok {
		return slices.ContainsFunc(chain, Chooses)
	}
	_, ok := p.(Explainer)
	return ok
}

// Fixed is a [Profile] that is known beforehand.
type Fixed []Strategy

// Next implements [Profile].
func (f Fixed) Next(done []Outcome) (Strategy, bool) {
	if len(done) >= len(f) {
		return Strategy{}, false
	}
	return f[len(done)], true
}

// Chain runs one profile after another; each sees only its own outcomes.
type Chain []Profile

// Next implements [Profile].
func (c Chain) Next(done []Outcome) (Strategy, bool) {
	for _, p := range c {
		n := taken(p, done)
		if s, ok := p.Next(done[:n]); ok {
			return s, true
		}
		done = done[n:]
	}
	return Strategy{}, false
}

// Explain implements [Explainer]: what each profile that chooses has to say.
func (c Chain) Explain(done []Outcome) string {
	var said []string
	for _, p := range c {
		n := taken(p, done)
		if e, ok := p.(Explainer); ok && n > 0 {
			said = append(said, e.Explain(done[:n]))
		}
		done = done[n:]
	}
	return strings.Join(said, " ")
}

// Search is what the last search among the profiles has found; nil when none has begun.
func (c Chain) Search(done []Outcome) (found *results.Search) {
	for _, p := range c {
		n := taken(p, done)
		if s, ok := p.(Search); ok && n > 0 {
			r := s.Result(done[:n])
			found = &r
		}
		done = done[n:]
	}
	return found
}

// taken is how many of the outcomes p chose.
func taken(p Profile, done []Outcome) int {
	for n := range done {
		if _, ok := p.Next(done[:n]); !ok {
			return n
		}
	}
	return len(done)
}
