package validate

import (
	"fmt"
	"math"
	"slices"

	"github.com/promptmill/promptmill/convert/jsontext"
)

// A LineError says what is wrong with a line that has no file yet.
type LineError struct {
	Findings []Finding // the errors, in the order of their columns; File and Line are not set
}

// Error returns the first finding and how many more there are.
func (e *LineError) Error() string {
	f := e.Findings[0]
	s := fmt.Sprintf("column %d: %s", f.Column, f.Message)
	if n := len(e.Findings) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Line checks one line of JSON, without its line feed. It returns nil or a
// [*LineError].
func (c *Checker) Line(text []byte) error { return c.Written(text, 0, nil) }

// Written is [Checker.Line] for the part of text from an offset on, and for a line whose
// strings are in part the work of [jsontext.Append]: their places in text, in ascending
// order. They are not read again.
func (c *Checker) Written(text []byte, from int, strings []jsontext.Span) error {
	if c.accept(text, from, strings) {
		return nil
	}
	text = text[from:]
	var p problems
	c.judge(text, &p)
	if p.errors == 0 {
		return nil
	}
	e := &LineError{}
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.at - b.at })
	for _, q := range p.list {
		if q.severity == Error {
			e.Findings = append(e.Findings, q.finding("", 0, text))
		}
	}
	return e
}

// accept reports that a line surely is valid; if not, the full check decides.
func (c *Checker) accept(text []byte, from int, strings []jsontext.Span) bool {
	if c.shape == nil || len(text) > math.MaxInt32 {
		return false
	}
	n, _ := c.shape.acceptRest(scanner{line: text, pos: from, left: maxValues, written: strings})
	return n == len(text)
}
