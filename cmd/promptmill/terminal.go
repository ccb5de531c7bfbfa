package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// terminal returns the file behind w when it is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// width is the number of columns of w: 80 unless it is a terminal that says otherwise.
func width(w io.Writer) int {
	if f, ok := terminal(w); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n >= 40 {
			return n
		}
	}
	return 80
}

// colour reports whether w should be coloured: a terminal, unless NO_COLOR is set (https://no-color.org) or the
// terminal is dumb.
func (p *process) colour(w io.Writer) bool {
	_, ok := terminal(w)
	return ok && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
}
