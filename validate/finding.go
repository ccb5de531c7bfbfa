package validate

import (
	"fmt"
	"unicode/utf8"
)

// Severity says whether a finding makes a file invalid.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning" // allowed, but likely not meant
)

// A Finding is one thing that is wrong, or odd, at one place of a file.
type Finding struct {
	File     string   `json:"file"`
	Line     int64    `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in characters (code points; a byte that is part of none counts as one)
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`
	Message  string   `json:"message"`           // what and why, one line, fit for a terminal
	Excerpt  string   `json:"excerpt,omitempty"` // the text around the place, fit for a terminal
	Mark     int      `json:"-"`                 // offset of the place in Excerpt, in bytes
	Fix      string   `json:"fix,omitempty"`     // what to do about it, where that is not plain
}

// String returns "file:line:column: severity: rule: message". It is fit for a
// terminal: control characters show as escapes.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s: %s", f.place(), f.Severity, f.Rule, f.Message)
}

// place returns "file:line:column", fit for a terminal.
func (f Finding) place() string { return fmt.Sprintf("%s:%d:%d", escape(f.File), f.Line, f.Column) }

// A problem is a finding that does not know its file and line yet.
type problem struct {
	at       int // offset in the line, in bytes
	severity Severity
	rule     string
	message  string // with %d where earlier stands
	earlier  int64  // the line that message names, 0 for none
	fix      string
}

// problems collects what is wrong with one line.
type problems struct {
	list     []problem
	errors   int64 // all, also those that list has no room for
	warnings int64
}

// maxProblems is how many problems of one line are told apart.
const maxProblems = 64

func (p *problems) reset() { *p = problems{list: p.list[:0]} }

func (p *problems) add(at int, rule, fix, format string, args ...any) {
	p.errors++
	p.put(problem{at: at, severity: Error, rule: rule, fix: fix, message: sentence(format, args)})
}

func (p *problems) warn(at int, rule, fix, format string, args ...any) {
	p.warnings++
	p.put(problem{at: at, severity: Warning, rule: rule, fix: fix, message: sentence(format, args)})
}

func sentence(format string, args []any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

func (p *problems) put(q problem) {
	if len(p.list) < maxProblems {
		p.list = append(p.list, q)
	}
}

// more returns how many problems the list had no room for.
func (p *problems) more() int64 { return p.errors + p.warnings - int64(len(p.list)) }

// text returns the message of q.
func (q problem) text() string {
	if q.earlier == 0 {
		return q.message
	}
	return fmt.Sprintf(q.message, q.earlier)
}

// finding places q in line n of the file called name.
func (q problem) finding(name string, n int64, text []byte) Finding {
	at := min(q.at, len(text))
	shown, mark := excerpt(text, at)
	return Finding{
		File: name, Line: n, Column: utf8.RuneCount(text[:at]) + 1,
		Severity: q.severity, Rule: q.rule, Message: q.text(), Fix: q.fix,
		Excerpt: shown, Mark: mark,
	}
}
