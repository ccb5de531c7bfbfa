package metrics

import (
	"maps"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/results"
)

// Target is what one of several servers did in a benchmark.
type Target struct {
	URL      string `json:"url"`
	Requests int    `json:"requests"` // measured ones that it got
	OK       int    `json:"ok"`
	Errors   int    `json:"errors"`
	Latency  Dist   `json:"latency"`
	TTFT     Dist   `json:"ttft"`
}

// A targetCollector gathers the samples of one server.
type targetCollector struct {
	requests, ok, errors int
	latency, ttft        []int64
}

// addTarget takes in a measured request of a run with several targets.
func (c *collector) addTarget(r *results.Record) {
	if r.Target == "" {
		return
	}
	t := c.targets[r.Target]
	if t == nil {
		if c.targets == nil {
			c.targets = make(map[string]*targetCollector)
		}
		t = new(targetCollector)
		c.targets[strings.Clone(r.Target)] = t
	}
	t.requests++
	switch r.Status {
	case results.StatusOK:
		t.ok++
		if !r.Empty() {
			t.latency = c.span(t.latency, r.SentNS, r.DoneNS)
			t.ttft = c.span(t.ttft, r.SentNS, r.FirstTokenNS)
		}
	case results.StatusUnfinished, results.StatusCancelled:
	default:
		t.errors++
	}
}

// byTarget is what each server did, by its URL; nil where there is one.
func (c *collector) byTarget() []Target {
	if len(c.targets) < 2 {
		return nil
	}
	var out []Target
	for _, url := range slices.Sorted(maps.Keys(c.targets)) {
		t := c.targets[url]
		out = append(out, Target{url, t.requests, t.ok, t.errors, distSeconds(t.latency), distSeconds(t.ttft)})
	}
	return out
}
