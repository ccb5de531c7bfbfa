package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// cells measures text as terminals show it. It is fixed: the package's own default reads the environment.
var cells = &runewidth.Condition{StrictEmojiNeutral: true}

// A grid is a table for a terminal: a header of one or two lines, and rows, all cells printable.
type grid struct {
	columns []gridColumn
	rows    [][]string
}

type gridColumn struct {
	head, sub string
	left      bool
	prose     bool // text that is wrapped into what the other columns leave
	rank      int  // columns with a higher rank go first when the width does not suffice; those of 0 stay
}

// widths are what the columns need.
func (g *grid) widths() []int {
	ws := make([]int, len(g.columns))
	for i, c := range g.columns {
		ws[i] = max(cells.StringWidth(c.head), cells.StringWidth(c.sub))
		for _, r := range g.rows {
			ws[i] = max(ws[i], cells.StringWidth(r[i]))
		}
	}
	return ws
}

// narrowest is the least width that a text column is cut to.
const narrowest = 8

// fit makes the table fit into width and returns the space between its columns. Prose gives way first, then the
// columns that are not essential, then the space, then the first column, then the other columns.
func (g *grid) fit(width int) (gap int) {
	for i, c := range g.columns {
		if c.prose {
			g.wrap(i, width)
		}
	}
	for {
		ws := g.widths()
		last := g.leastWanted()
		over := tableWidth(ws, 1) - width
		switch {
		case tableWidth(ws, 2) <= width:
			return 2
		case g.columns[last].rank > essential:
			g.drop(last)
		case over <= 0:
			return 1
		case g.columns[last].rank == 0 || ws[0]-over >= g.least(0):
			g.cut(0, width, 1)
			return 1
		default:
			g.drop(last)
		}
	}
}

func tableWidth(ws []int, gap int) int {
	total := gap * (len(ws) - 1)
	for _, w := range ws {
		total += w
	}
	return total
}

// leastWanted is the column to go next: of the highest rank, the last.
func (g *grid) leastWanted() int {
	at := 0
	for i, c := range g.columns {
		if c.rank >= g.columns[at].rank {
			at = i
		}
	}
	return at
}

func (g *grid) drop(i int) {
	g.columns = append(g.columns[:i:i], g.columns[i+1:]...)
	for r, row := range g.rows {
		g.rows[r] = append(row[:i:i], row[i+1:]...)
	}
}

// least is what column i cannot be cut below.
func (g *grid) least(i int) int { return max(narrowest, cells.StringWidth(g.columns[i].head)) }

// cut shortens column i until the table fits into width, or to its least.
func (g *grid) cut(i, width, gap int) {
	ws := g.widths()
	room := max(g.least(i), ws[i]-max(tableWidth(ws, gap)-width, 0))
	for _, row := range g.rows {
		row[i] = cutText(row[i], room)
	}
}

// mostLines is how many lines a cell of prose may take.
const mostLines = 6

// wrap gives column i what the others leave of width: what does not fit continues in rows of its own.
func (g *grid) wrap(i, width int) {
	ws := g.widths()
	room := max(g.least(i), ws[i]-max(tableWidth(ws, 2)-width, 0))
	var rows [][]string
	for _, row := range g.rows {
		for n, line := range wrap(cutText(row[i], mostLines*room), room) {
			if n > 0 {
				row = make([]string, len(row))
			}
			row[i] = line
			rows = append(rows, row)
		}
	}
	g.rows = rows
}

// cutText shortens s to width cells.
func cutText(s string, width int) string {
	if cells.StringWidth(s) <= width {
		return s
	}
	return cells.Truncate(s, width, "...")
}

// lines lays the table out, header first.
func (g *grid) lines(gap int) (header, rows []string) {
	ws := g.widths()
	heads, subs := make([]string, len(ws)), make([]string, len(ws))
	for i, c := range g.columns {
		heads[i], subs[i] = c.head, c.sub
	}
	header = []string{g.line(heads, ws, gap)}
	if strings.Join(subs, "") != "" {
		header = append(header, g.line(subs, ws, gap))
	}
	for _, r := range g.rows {
		rows = append(rows, g.line(r, ws, gap))
	}
	return header, rows
}

func (g *grid) line(row []string, ws []int, gap int) string {
	var b strings.Builder
	for i, text := range row {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		if pad := strings.Repeat(" ", max(ws[i]-cells.StringWidth(text), 0)); g.columns[i].left {
			b.WriteString(text + pad)
		} else {
			b.WriteString(pad + text)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
