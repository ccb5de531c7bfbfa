package report

import (
	"fmt"

	"github.com/promptmill/promptmill/bench/results"
)

// conclusion is what a sweep or a search said at its end; empty where there was none.
func conclusion(r *results.Run) string {
	if r.Conclusion != "" || r.Search == nil {
		return r.Conclusion
	}
	return searchText(r.Search)
}

// searchText is the answer of a search that was stopped before it gave one in words.
func searchText(s *results.Search) string {
	unit := func(v float64) string {
		if s.Over == "concurrency" {
			return exact(v) + " slots"
		}
		return number(v) + "/s"
	}
	text := fmt.Sprintf("No load that was tried keeps %s", s.SLO)
	if s.Found > 0 {
		text = fmt.Sprintf("The highest load that keeps %s: %s", s.SLO, unit(s.Found))
	}
	if s.Missed > 0 {
		text += fmt.Sprintf("; %s misses it", unit(s.Missed))
	}
	if s.Ended == "" {
		text += "; the search did not end"
	}
	return text + "."
}
