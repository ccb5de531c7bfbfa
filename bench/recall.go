package bench

import (
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// A Recall makes the outcomes of benchmarks that an earlier process ran from what it stored, so that a [Profile] goes on
// where it was. The zero value has no benchmarks. It belongs to one goroutine.
type Recall struct {
	SLO   *metrics.SLO // as in [Runner]; nil for none
	Trend bool         // as in [Runner]

	benchmarks map[int32]*collector
}

// Add takes in a record; it keeps nothing of it.
func (m *Recall) Add(r *results.Record) {
	c := m.benchmarks[r.Benchmark]
	if c == nil {
		if m.benchmarks == nil {
			m.benchmarks = make(map[int32]*collector)
		}
		c = m.collector()
		m.benchmarks[r.Benchmark] = c
	}
	c.count(r)
	c.tally.Add(r)
}

func (m *Recall) collector() *collector {
	c := new(collector)
	if m.SLO != nil {
		c.tally = metrics.NewTally(m.SLO)
	}
	if m.Trend {
		c.trend = new(trend)
	}
	return c
}

// Outcome is that of the benchmark described by d, which applied s: what [Runner.Run] returned when it had ended. All of
// its records must have been added.
func (m *Recall) Outcome(s Strategy, d *results.Benchmark) Outcome {
	c := m.benchmarks[int32(d.Index)]
	if c == nil {
		c = m.collector()
	}
	return c.outcome(s, d)
}

// Continue makes the next benchmark take its prompts after the n that an earlier process took.
func (r *Runner) Continue(n int64) { r.next = n }
