package validate

import (
	"fmt"
	"slices"
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

// NewLine returns a check for single lines, without their line feed, against the
// schema called name ("" for strict). The check returns nil or a [*LineError], keeps
// nothing of the line and is safe for concurrent use. The error of NewLine is
// [ErrOptions].
func NewLine(name string, allowEmptyExpected bool) (func(line []byte) error, error) {
	c, err := New(Options{Format: FormatJSONL, Schema: name, AllowEmptyExpected: allowEmptyExpected})
	if err != nil {
		return nil, err
	}
	return c.Line, nil
}

// Line checks one line of JSON, without its line feed. It returns nil or a
// [*LineError].
func (c *Checker) Line(text []byte) error {
	if c.accept(text) {
		return nil
	}
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
func (c *Checker) accept(text []byte) bool {
	n, _ := c.shape.accept(text)
	return n == len(text)
}
