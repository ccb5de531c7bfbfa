package mapping

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
)

var (
	// ErrColumn reports a column that the options name and the dataset does not have, or that cannot serve.
	ErrColumn = errors.New("no such column")
	// ErrNoMapping reports a dataset whose columns no rule recognises. It comes inside a [*NoMappingError].
	ErrNoMapping = errors.New("no rule matches the columns")
)

// columnError is an [ErrColumn] in its own words.
type columnError struct{ text string }

func (e *columnError) Error() string { return e.text }
func (e *columnError) Unwrap() error { return ErrColumn }

func columnErrorf(format string, args ...any) error {
	return &columnError{fmt.Sprintf(format, args...)}
}

// NoMappingError lists the columns that no rule recognised, and says which flags choose by hand.
type NoMappingError struct {
	Fields  []dataset.Field
	Why     string            // what stood in the way, when it is more than that nothing matched; may be ""
	Samples map[string]string // column -> a value of it, escaped and shortened; filled in by who has rows
}

// Error lists one column per line. Names and samples are printable.
func (e *NoMappingError) Error() string {
	var b strings.Builder
	b.WriteString(ErrNoMapping.Error())
	if e.Why != "" {
		b.WriteString(": " + e.Why)
	}
	b.WriteString("; say which to use with --prompt-column and --expected-column (a column, or a path such as answers.text[0])")
	listed, more := listed(e.Fields)
	for _, f := range listed {
		fmt.Fprintf(&b, "\n  %s  %s", brief(f.Name), brief(f.Type))
		if s, ok := e.Samples[f.Name]; ok {
			b.WriteString("  " + s)
		}
	}
	if more > 0 {
		b.WriteString("\n  and " + moreColumns(more))
	}
	return b.String()
}

// Listed returns the names of the columns that the message lists.
func (e *NoMappingError) Listed() []string {
	listed, _ := listed(e.Fields)
	names := make([]string, len(listed))
	for i, f := range listed {
		names[i] = f.Name
	}
	return names
}

// maxListed is how many columns an error lists before it only counts.
const maxListed = 40

func listed(fields []dataset.Field) (list []dataset.Field, more int) {
	n := min(len(fields), maxListed)
	return fields[:n], len(fields) - n
}

func moreColumns(n int) string { return strconv.Itoa(n) + " more; promptmill inspect lists them" }

// brief is show of the start of a long name: the type of a struct of many fields names them all.
func brief(name string) string {
	const most = 200
	if r := []rune(name); len(r) > most {
		name = string(r[:most]) + "..."
	}
	return show(name)
}

// Unwrap makes the error an [ErrNoMapping].
func (e *NoMappingError) Unwrap() error { return ErrNoMapping }

// show makes a foreign name fit for a terminal: as it is when every rune can be printed, else quoted.
func show(name string) string {
	for _, r := range name {
		if !strconv.IsPrint(r) {
			return strconv.Quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

func nameList(fields []dataset.Field) string {
	fields, more := listed(fields)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = brief(f.Name)
	}
	list := strings.Join(names, ", ")
	if more > 0 {
		list += " and " + moreColumns(more)
	}
	return list
}
