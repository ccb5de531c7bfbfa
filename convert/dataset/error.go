package dataset

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// ErrNoColumn reports that [File.Batches] was asked for a column which the file does not have.
var ErrNoColumn = errors.New("no such column")

// Error says what is wrong with a dataset file and where. Its message is one
// line without control characters, whatever the file held.
type Error struct {
	File     string
	RowGroup int    // counted from 0; -1 when the error is not about one
	Column   string // path of the column in the schema, "" when the error is not about one
	Line     int64  // line of a text, counted from 1; 0 when it is no text or the error not about a line
	Col      int64  // place in that line in characters, counted from 1; 0 when not known
	Row      int64  // row of the file, counted from 0, at or shortly after which reading stopped; -1 when not known
	Err      error
}

// Error returns the place and the cause in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Line > 0 && e.Col > 0 {
		fmt.Fprintf(&b, ":%d", e.Col)
	}
	if e.RowGroup >= 0 {
		fmt.Fprintf(&b, ": row group %d", e.RowGroup)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ": column %s", strconv.Quote(e.Column))
	}
	if e.Row >= 0 {
		fmt.Fprintf(&b, ": near row %d", e.Row)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	return oneLine(b.String())
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// oneLine escapes what would break a line or a terminal.
func oneLine(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRuneToASCII(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}

// unreadable returns the error for a file that is no parquet file or not one that can be read here.
func unreadable(file, format string, args ...any) *Error {
	return &Error{File: file, RowGroup: -1, Row: -1, Err: wrapped(ErrUnreadable, format, args)}
}

// corrupt returns the error for a file whose metadata is damaged.
func corrupt(file, format string, args ...any) *Error {
	return &Error{File: file, RowGroup: -1, Row: -1, Err: wrapped(ErrCorrupt, format, args)}
}

func wrapped(sentinel error, format string, args []any) error {
	return fmt.Errorf("%w: "+format, append([]any{sentinel}, args...)...)
}
