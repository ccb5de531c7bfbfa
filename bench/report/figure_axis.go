package report

import (
	"fmt"
	"strconv"
	"strings"
)

// An axis is one side of a figure.
type axis struct {
	Label string
	Ticks []tick
	// Scale is what the page's script needs to turn a place back into a value: "log" or "linear", the values at both
	// ends, and the name of the unit.
	Scale string
}

type tick struct {
	At    px
	Label string
}

// A unit is how the values of an axis are written.
type unit struct {
	name  string // that the page's script knows it by
	label func(v float64) string
}

var (
	inTime   = unit{"time", tickTime} // seconds
	inNumber = unit{"number", tickNumber}
	inShare  = unit{"share", percent} // of 1
)

func newAxis(label string, s scale, u unit) axis {
	kind := "linear"
	if s.log {
		kind = "log"
	}
	end := func(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
	a := axis{Label: label, Scale: fmt.Sprintf("%s %s %s %s", kind, end(s.lo), end(s.hi), u.name)}
	for _, v := range s.ticks {
		a.Ticks = append(a.Ticks, tick{s.at(v), u.label(v)})
	}
	return a
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
