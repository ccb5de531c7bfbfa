package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// suggestFlag returns the flag whose name differs from name by a slip, or "".
func suggestFlag(name string, flags []cli.Flag) string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return nearest(name, names)
}

// didYouMean is what a message about an unknown name ends with: the one that was meant, or nothing.
func didYouMean(name string, names []string) string {
	if s := nearest(name, names); s != "" {
		return fmt.Sprintf("; did you mean %q?", s)
	}
	return ""
}

// nearest returns the name that differs from s in the fewest letters, if they are few enough for a slip.
func nearest(s string, names []string) string {
	best, bestDistance := "", 1+max(2, len(s)/3)
	for _, n := range names {
		if d := editDistance(s, n); len(n) > 1 && d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance of two short names.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
