package compare

import (
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A Gate is a condition that a result must meet, or must not. The zero value is not valid; see [ParseGate].
type Gate struct {
	Text  string // as it was written
	must  bool   // it must hold; else it must not
	scope string // name of the only benchmark it is about; "" is every one
	expr  expression
}

// An expression is a term, or terms joined by and, or.
type expression interface {
	// figures adds the rows that the expression compares with the baseline.
	figures(to []Figure) []Figure
	// eval says whether the expression holds for s.
	eval(s *subject) finding
}

// all holds when each of its parts does.
type all []expression

// either holds when one of its parts does.
type either []expression

// A term is one comparison of a figure with a bound.
type term struct {
	figure   Figure
	op       metrics.Operator
	bound    float64
	relative bool // the bound is of the change against the baseline ...
	share    bool // ... as a share of the baseline's value
	text     string
}

// Figures returns the rows that the gate compares with the baseline; none when it has absolute bounds only.
func (g *Gate) Figures() []Figure { return g.expr.figures(nil) }

// Scope returns the name of the only benchmark that the gate is about, or "".
func (g *Gate) Scope() string { return g.scope }

func (e all) figures(to []Figure) []Figure {
	for _, part := range e {
		to = part.figures(to)
	}
	return to
}

func (e either) figures(to []Figure) []Figure { return all(e).figures(to) }

func (t term) figures(to []Figure) []Figure {
	if !t.relative || slices.Contains(to, t.figure) {
		return to
	}
	return append(to, t.figure)
}
