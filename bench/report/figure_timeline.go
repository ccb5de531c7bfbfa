package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Sizes of the timeline, in units of its drawing. The page's script draws it anew with the same ones.
const (
	timelineWidth = 1080
	timelineLeft  = 64
	timelineRight = timelineWidth - 12
	stripGap      = 34 // above a strip, for its name
	stripHeight   = 70
	tokenBins     = 120 // of the strip of tokens
)

// A timelineFigure shows every request as a bar in its lane, and below how many were in flight and how fast tokens
// came. It is what a reader without the page's script, or on paper, sees.
type timelineFigure struct {
	Height, Bars  px
	Thick         px
	Paths         []shape
	Drain         *drainArea
	Flight, Speed strip
	Ticks         []tick
}

// A drainArea is the time after the measured window.
type drainArea struct{ X, Width px }

// A strip is an area over time.
type strip struct {
	Name      string
	D         string
	Top, Base px
	Peak      string
}

// Width and the others are for the template.
func (timelineFigure) Width() px { return timelineWidth }
func (timelineFigure) Left() px  { return timelineLeft }
func (timelineFigure) Right() px { return timelineRight }

// Strips are the areas below the bars.
func (f *timelineFigure) Strips() []strip { return []strip{f.Flight, f.Speed} }

func (t *timelineBenchmark) figure() *timelineFigure {
	bars := min(max(px(t.Lanes)*16, 40), 260)
	f := &timelineFigure{Bars: bars, Height: bars + 2*(stripGap+stripHeight) + 30}
	from, to := t.span()
	x := func(us int64) px {
		return timelineLeft + px(float64(us-from)/float64(to-from))*(timelineRight-timelineLeft)
	}
	pitch := bars / px(t.Lanes)
	f.Thick = max(0.7, min(14, pitch*0.72))
	f.Paths = t.bars(x, pitch)
	if t.Window > 0 && to > t.Window {
		f.Drain = &drainArea{x(t.Window), x(to) - x(t.Window)}
	}
	f.Flight = newStrip("requests in flight", bars+stripGap, t.flight(), x)
	f.Speed = newStrip("output tokens/s", bars+2*stripGap+stripHeight, t.speed(from, to), x)
	seconds := float64(to-from) / 1e6
	for _, v := range linear(seconds, 0, 1).ticks {
		if v <= seconds {
			f.Ticks = append(f.Ticks, tick{x(from + int64(v*1e6)), tickTime(v)})
		}
	}
	return f
}

// bars draws the parts of requests, one path for each kind of part.
func (t *timelineBenchmark) bars(x func(us int64) px, pitch px) []shape {
	var paths [4]strings.Builder
	kinds := []string{"wait", "stream", "err", "cut"}
	for _, r := range t.Rows {
		y := (px(r[rowLane]) + 0.5) * pitch
		bar := func(kind int, from, to int64) {
			fmt.Fprintf(&paths[kind], "M%s %sH%s", x(from), y, max(x(to), x(from)+0.8))
		}
		first := r[rowFirst]
		switch {
		case r[rowStatus] == rowError:
			bar(2, r[rowSent], r[rowDone])
		case first < 0:
			bar(map[bool]int{true: 3, false: 0}[r[rowStatus] == rowUnfinished], r[rowSent], r[rowDone])
		default:
			bar(0, r[rowSent], first)
			bar(map[bool]int{true: 3, false: 1}[r[rowStatus] == rowUnfinished], first, r[rowDone])
		}
	}
	var out []shape
	for i := range paths {
		if paths[i].Len() > 0 {
			out = append(out, shape{D: paths[i].String(), Class: kinds[i]})
		}
	}
	return out
}

// A step is a value from an instant on.
type step struct {
	at    int64
	value float64
}

// flight is how many requests were in flight from when on, those left out of the sample counted in.
func (t *timelineBenchmark) flight() []step {
	var events []step
	for _, r := range t.Rows {
		weight := float64(r[rowWeight]) / 1000
		events = append(events, step{r[rowSent], weight}, step{r[rowDone], -weight})
	}
	slices.SortFunc(events, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.value, b.value)) })
	level := 0.0
	for i := range events {
		level = max(0, level+events[i].value)
		events[i].value = level
	}
	return events
}

// speed is how many tokens came in a second, from when on: those of a request evenly between its first token and its
// end.
func (t *timelineBenchmark) speed(from, to int64) []step {
	width := float64(to-from) / tokenBins
	steps := make([]step, tokenBins+1)
	for i := range steps {
		steps[i].at = from + int64(float64(i)*width)
	}
	for _, r := range t.Rows {
		if r[rowFirst] < 0 || r[rowTokens] == 0 {
			continue
		}
		first, last := float64(r[rowFirst]-from)/width, float64(max(r[rowDone], r[rowFirst]+1)-from)/width
		perBin := float64(r[rowTokens]*r[rowWeight]) / 1000 / (last - first)
		for i := max(0, int(first)); i < tokenBins && float64(i) < last; i++ {
			part := min(last, float64(i+1)) - max(first, float64(i))
			steps[i].value += perBin * part / (width / 1e6)
		}
	}
	return steps
}

func newStrip(name string, top px, steps []step, x func(us int64) px) strip {
	peak := 0.0
	for _, s := range steps {
		peak = max(peak, s.value)
	}
	s := strip{Name: name, Top: top, Base: top + stripHeight, Peak: number(math.Round(peak))}
	level := func(v float64) px {
		if peak == 0 {
			return s.Base
		}
		return s.Base - px(v/peak)*stripHeight
	}
	var b strings.Builder
	last := s.Base
	fmt.Fprintf(&b, "M%s %s", x(steps[0].at), s.Base)
	for _, p := range steps {
		at := x(p.at)
		fmt.Fprintf(&b, "L%s %s", at, last)
		last = level(p.value)
		fmt.Fprintf(&b, "V%s", last)
	}
	fmt.Fprintf(&b, "V%sZ", s.Base)
	s.D = b.String()
	return s
}
