package convert

import (
	"errors"
	"fmt"
)

var (
	// ErrOptions reports options that are unknown or contradict each other.
	ErrOptions = errors.New("options")
	// ErrNoExpected reports a layout that needs expected answers and a dataset that has none.
	ErrNoExpected = errors.New("no expected answers")
	// ErrNoRows reports that there is nothing to write.
	ErrNoRows = errors.New("no prompts")
	// ErrDrift reports files of one dataset whose columns map differently.
	ErrDrift = errors.New("the files differ")
	// ErrLedger reports rows that were neither written nor dropped for a reason. It is a bug in promptmill.
	ErrLedger = errors.New("internal error: the rows do not add up")
	// ErrLine reports a line that is not what its layout promises. It is a bug in promptmill.
	ErrLine = errors.New("internal error: a line breaks its contract")
)

// lineError is an [ErrLine] with its place in the output.
type lineError struct {
	line int64 // from 1
	err  error
}

func (e *lineError) Error() string   { return fmt.Sprintf("%v: line %d: %v", ErrLine, e.line, e.err) }
func (e *lineError) Unwrap() []error { return []error{ErrLine, e.err} }

// RowError places an error at a row of a file.
type RowError struct {
	File string
	Row  int64  // from 0, as dataset viewers count
	Part string // "prompt" or "expected"
	Err  error
	Hint string // what to do next; may be ""
}

// Error says where, what and what to do next.
func (e *RowError) Error() string {
	s := fmt.Sprintf("%s: row %d: %s: %v", printable(e.File), e.Row, e.Part, e.Err)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap returns what went wrong.
func (e *RowError) Unwrap() error { return e.Err }
