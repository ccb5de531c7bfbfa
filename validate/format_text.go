package validate

import (
	"bufio"
	"fmt"
)

// textFormat is for people, and for programs that read file:line:column.
type textFormat struct {
	w       *bufio.Writer
	columns int // of the terminal; 0 is none
	colour  bool
	summary bool
}

const margin = "  "

func (t *textFormat) begin()           {}
func (t *textFormat) file(*FileReport) {} // whoever prints may want that elsewhere
func (t *textFormat) end(bool)         {}

// finding writes one line; on a terminal the excerpt and what to do about it follow.
func (t *textFormat) finding(f Finding, count int64) {
	if t.summary {
		fmt.Fprintf(t.w, "%7d  ", count)
	}
	if t.columns == 0 {
		fmt.Fprintf(t.w, "%s: %s: %s: %s\n", f.place(), f.Severity, f.Rule, withFix(f))
		return
	}
	place, severity := t.paint(bold, f.place()), t.paint(colourOf(f.Severity), string(f.Severity))
	fmt.Fprintf(t.w, "%s: %s: %s: %s\n", place, severity, f.Rule, f.Message)
	t.excerpt(f)
	if f.Fix != "" {
		fmt.Fprintf(t.w, "%s%s %s\n", margin, t.paint(cyan, "fix:"), f.Fix)
	}
}

func (t *textFormat) excerpt(f Finding) {
	if f.Excerpt == "" {
		return
	}
	room := max(8, t.columns-len(margin)-1) // the caret may stand behind the last character
	shown, caret := underline(f, room)
	fmt.Fprintf(t.w, "%s%s\n%s%*s%s\n", margin, shown, margin, caret, "", t.paint(colourOf(f.Severity), "^"))
}

// Colours, as terminals number them. Bold and the first eight are what every theme makes readable.
const (
	bold    = "1"
	red     = "1;31"
	magenta = "1;35"
	cyan    = "36"
)

func colourOf(s Severity) string {
	if s == Warning {
		return magenta
	}
	return red
}

func (t *textFormat) paint(colour, s string) string {
	if !t.colour {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}
