package main

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	escape "github.com/promptmill/promptmill/bench/report/plain"
)

// terminal returns the file behind w when it is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// redraws reports whether a line can be drawn again and again on w: it is a terminal that knows how to clear one.
// Windows has no TERM.
func (p *process) redraws(w io.Writer) bool {
	_, ok := terminal(w)
	return ok && moves(p.getenv("TERM"), runtime.GOOS)
}

// moves reports whether a terminal that calls itself term obeys escape sequences.
func moves(term, system string) bool {
	return term != "dumb" && (term != "" || system == "windows")
}

// pathLine is how stdout shows the path of a file: as it is, but for a terminal quoted if that could do more than show.
func (p *process) pathLine(path string) string {
	if _, ok := terminal(p.stdout); ok {
		return quotedName(path)
	}
	return path
}

// printable is text of several lines and columns as [escape.Text] has each: messages quote datasets and servers.
func printable(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(s, "\n\t")
		if i < 0 {
			return b.String() + escape.Text(s)
		}
		b.WriteString(escape.Text(s[:i]) + s[i:i+1])
		s = s[i+1:]
	}
}

// quotedName is a name as it is when every rune of it can be printed, else quoted.
func quotedName(name string) string {
	if utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return name
	}
	return strconv.Quote(name)
}

// width is the number of columns of w: 80 unless it is a terminal that says otherwise.
func width(w io.Writer) int {
	if f, ok := terminal(w); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
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
