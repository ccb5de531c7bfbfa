package report

// Sizes of a figure, in units of its drawing.
const (
	figureWidth  = 520
	figureHeight = 300
	plotLeft     = 64
	plotRight    = figureWidth - 16
	plotTop      = 26
	plotBottom   = figureHeight - 48
)

// A figure is a chart that the template draws as SVG. Its texts are printable and not escaped yet.
type figure struct {
	ID     string // unique in the page
	Class  string
	Title  string
	Desc   string // what a reader who cannot see it needs
	Note   string // below it; may be empty
	X, Y   axis
	Bands  []shape
	Lines  []shape
	Clouds []shape // of points
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

// Across and Down are the sizes of the plot.
func (figure) Across() px { return plotRight - plotLeft }
func (figure) Down() px   { return plotBottom - plotTop }

// Center is the middle of the plot.
func (figure) Center() px { return (plotLeft + plotRight) / 2 }

// A shape is an SVG path and the class that colours it.
type shape struct {
	D     string
	Class string
	Of    string // index of the benchmark that it is of, so that the reader can take it away; "" if it is of several
	Name  string // of the benchmark; may be empty
}

// A mark is a point with what to show when a reader points at it.
type mark struct {
	shape
	X, Y  px
	Tip   string
	Label string // above the point; may be empty
}

// Anchor keeps the label of a point at an edge of the plot inside it.
func (m mark) Anchor() string {
	switch {
	case m.X < plotLeft+24:
		return "start"
	case m.X > plotRight-24:
		return "end"
	}
	return "middle"
}

// A rulerLine is a vertical line with a label.
type rulerLine struct {
	X     px
	Label string
	Needs string // indexes of the benchmarks that show it, so that it goes when the reader takes one of them away
}

// Left says whether the label stands left of the line, where there is more room.
func (r rulerLine) Left() bool { return r.X > plotRight-90 }

type legend struct {
	Name string
	Line string // class of the line; "" if there is none
	Mark shape  // around (0, 0)
	Of   string // index of the benchmark; "" if it is of several
}
