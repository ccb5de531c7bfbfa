package report

import (
	"fmt"
	"slices"
	"strings"
)

// Sizes of a figure, in units of its drawing.
const (
	figureWidth  = 520
	figureHeight = 300
	plotLeft     = 64
	plotRight    = figureWidth - 16
	plotTop      = 26
	plotBottom   = figureHeight - 48
)

// seriesColors is how many series have a colour of their own; the stylesheet has as many.
const seriesColors = 8

// A figure is a chart that the template draws as SVG. Its texts are printable and not escaped yet.
type figure struct {
	ID     string // unique in the page
	Class  string
	Title  string
	Desc   string // what a reader who cannot see it needs
	XLabel string
	YLabel string
	XTicks []tick
	YTicks []tick
	Bands  []shape
	Lines  []shape
	Marks  []mark
	Rules  []rulerLine
	Legend []legend
}

// The sizes, for the template.
func (figure) Width() px  { return figureWidth }
func (figure) Height() px { return figureHeight }
func (figure) Left() px   { return plotLeft }
func (figure) Right() px  { return plotRight }
func (figure) Top() px    { return plotTop }
func (figure) Bottom() px { return plotBottom }

// Center is the middle of the plot.
func (figure) Center() px { return (plotLeft + plotRight) / 2 }

type tick struct {
	At    px
	Label string
}

// A shape is an SVG path and the class that colours it.
type shape struct {
	D     string
	Class string
}

// A mark is a point with what to show when a reader points at it.
type mark struct {
	shape
	X, Y  px
	Tip   string
	Label string // above the point; may be empty
}

// Anchor keeps the label of a point at the left edge off the axis.
func (m mark) Anchor() string {
	if m.X < plotLeft+24 {
		return "start"
	}
	return "middle"
}

// A rulerLine is a vertical line with a label.
type rulerLine struct {
	X     px
	Label string
}

type legend struct {
	Name string
	Line string // class of the line
	Mark shape  // around (0, 0)
}

// points draws a line through the given places.
func points(xs, ys []px) string {
	var b strings.Builder
	for i := range xs {
		command := byte('L')
		if i == 0 {
			command = 'M'
		}
		fmt.Fprintf(&b, "%c%s %s", command, xs[i], ys[i])
	}
	return b.String()
}

// band draws the area between two lines over the same xs.
func band(xs, upper, lower []px) string {
	var b strings.Builder
	b.WriteString(points(xs, upper))
	for i, x := range slices.Backward(xs) {
		fmt.Fprintf(&b, "L%s %s", x, lower[i])
	}
	b.WriteByte('Z')
	return b.String()
}

// marker draws the n-th of a few shapes around a point, so that series differ in more than colour.
func marker(n int, x, y px) string {
	const r = 4.5
	switch n % 4 {
	case 0:
		return fmt.Sprintf("M%s %sa%s %s 0 1 0 %s 0a%s %s 0 1 0 %s 0Z", x-r, y, px(r), px(r), px(2*r), px(r), px(r), px(-2*r))
	case 1:
		return fmt.Sprintf("M%s %sh%sv%sh%sZ", x-r+0.5, y-r+0.5, px(2*r-1), px(2*r-1), px(1-2*r))
	case 2:
		return fmt.Sprintf("M%s %sL%s %sL%s %sZ", x, y-r-0.5, x+r+0.5, y+r-0.5, x-r-0.5, y+r-0.5)
	}
	return fmt.Sprintf("M%s %sL%s %sL%s %sL%s %sZ", x, y-r-1, x+r+1, y, x, y+r+1, x-r-1, y)
}

func seriesClass(n int) string { return fmt.Sprintf("s%d", n%seriesColors) }

// dashClass repeats colours with another dash when there are more series than colours.
func dashClass(n int) string { return fmt.Sprintf("%s d%d", seriesClass(n), n/seriesColors%3) }

// axis labels the ticks of s.
func axis(s scale, label func(v float64) string) []tick {
	var ts []tick
	for _, v := range s.ticks {
		ts = append(ts, tick{s.at(v), label(v)})
	}
	return ts
}

// tickTime labels a tick of an axis of times: without the zeros that a measured value would keep.
func tickTime(v float64) string {
	number, unit, _ := strings.Cut(duration(v), " ")
	return trimZeros(number) + " " + unit
}

func tickNumber(v float64) string { return trimZeros(number(v)) }

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
