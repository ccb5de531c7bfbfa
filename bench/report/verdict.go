package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// A notice is something to know before reading any number. Its text is printable, to be escaped for where it goes.
type notice struct {
	Label string
	Text  string
	Bad   bool // the figures cannot be taken as they are
}

// verdict is empty when the run is clean.
func verdict(s *metrics.Summary) []notice {
	var ns []notice
	if s.Run.Stopped != "" {
		ns = append(ns, notice{"STOPPED EARLY", s.Run.Stopped + "; the figures cover what was measured until then." + unrunText(s), true})
	}
	if text, ok := limitedText(s); ok {
		ns = append(ns, notice{"CLIENT-LIMITED", text, true})
	}
	if t := totals(s); t.Total > t.Cancelled && t.OK == 0 {
		ns = append(ns, notice{"NO SUCCESS", fmt.Sprintf("None of %s requests succeeded.", integer(t.Total-t.Cancelled)), true})
	}
	for _, w := range s.Warnings {
		if !slices.ContainsFunc(ns, func(n notice) bool { return tells(n, w, s.Run.Stopped) }) {
			ns = append(ns, notice{"WARNING", w, false})
		}
	}
	return ns
}

// unrunText names what a run that was stopped did not come to.
func unrunText(s *metrics.Summary) string {
	names := unrun(s)
	if len(names) == 0 {
		return ""
	}
	return " Not run: " + strings.Join(names, ", ") + "."
}

// limitedText names the benchmarks that the client may have limited, with the reasons of the first of them.
func limitedText(s *metrics.Summary) (string, bool) {
	var names []string
	var first *metrics.Benchmark
	for i := range s.Benchmarks {
		if b := &s.Benchmarks[i]; len(b.ClientLimited) > 0 {
			first = cmp.Or(first, b)
			names = append(names, b.Name)
		}
	}
	switch n := len(names); {
	case n == 0:
		return "", false
	case n == 1:
		return fmt.Sprintf("%s may measure the client, not the server: %s", first.Name, sentences(first.ClientLimited)), true
	case n == len(s.Benchmarks):
		names = []string{"every strategy"}
	case n > mostNamed:
		names = append(names[:mostNamed], fmt.Sprintf("and %d more", n-mostNamed))
	}
	return fmt.Sprintf("%s may measure the client, not the server. Of %s: %s", strings.Join(names, ", "), first.Name,
		sentences(first.ClientLimited)), true
}

// tells says whether n is the notice of an early stop and the warning says no more than that.
func tells(n notice, warning, stopped string) bool {
	return stopped != "" && n.Label == "STOPPED EARLY" && strings.HasPrefix(warning, "The run stopped") && strings.Contains(warning, stopped)
}
