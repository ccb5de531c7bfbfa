package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
)

// loadOption is the option that lists the loads of a profile: a benchmark each.
var loadOption = map[string]string{"concurrent": "concurrency", "constant": "rate", "poisson": "rate", "gamma": "rate"}

// unrun names the loads that a run which was stopped had yet to come to, as far as its options tell: of profiles that name
// their loads, once each.
func unrun(s *metrics.Summary) []string {
	if s.Run.Stopped == "" {
		return nil
	}
	var names []string
	profiles, _ := s.Run.Config["profile"].(string)
	for profile := range strings.SplitSeq(profiles, ",") {
		profile = strings.TrimSpace(profile)
		for load := range strings.SplitSeq(option(s, loadOption[profile]), ",") {
			v, err := strconv.ParseFloat(strings.TrimSpace(load), 64)
			if err != nil || ran(s, profile, v) {
				continue
			}
			name := profile + " " + exact(v)
			if profile != "concurrent" {
				name += "/s"
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func option(s *metrics.Summary, name string) string {
	text, _ := s.Run.Config[name].(string)
	return text
}

// ran says whether a benchmark of s has a load of a profile.
func ran(s *metrics.Summary, profile string, load float64) bool {
	return anyOf(s, func(b *metrics.Benchmark) bool {
		return b.Strategy == profile && (b.TargetRate == load || float64(b.TargetConcurrency) == load)
	})
}
