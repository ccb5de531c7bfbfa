package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// seriesColors is how many series have a colour of their own; the stylesheet has as many.
const seriesColors = 8

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

// dots draws a point at each of the given places: lines without length, which round caps make visible.
func dots(xs, ys []px) string {
	var b strings.Builder
	for i := range xs {
		fmt.Fprintf(&b, "M%s %sh0", xs[i], ys[i])
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

// legendOf is the entry of the n-th benchmark in a figure that has a line of each.
func legendOf(n int, name string) legend {
	return legend{name, dashClass(n), shape{D: marker(n, 0, 0), Class: seriesClass(n)}, strconv.Itoa(n)}
}
