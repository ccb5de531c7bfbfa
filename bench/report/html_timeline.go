package report

import (
	"math"
	"slices"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/results"
)

// A timeline is what the page's script draws requests from: the only data that the page carries beside its text.
type timeline struct {
	Benchmarks []timelineBenchmark `json:"benchmarks"`
}

// A timelineBenchmark is one benchmark's requests. Instants are µs since the start of its window.
type timelineBenchmark struct {
	Index  int           `json:"index"` // among the benchmarks of the run
	Name   string        `json:"name"`
	Window int64         `json:"window"` // end of the measured window
	End    int64         `json:"end"`    // of the drain
	Kinds  []string      `json:"kinds"`  // of errors, for the rows to point into
	Rows   []timelineRow `json:"rows"`   // by the instant of sending
	Lanes  int           `json:"lanes"`  // that the rows are in
	All    bool          `json:"all"`    // no request is left out
}

// A timelineRow is sent, first token (-1: never), done, status (0 ok, 1 error, 2 unfinished), output tokens, index
// into Kinds (-1: none), sequence, prompt line, the weight times 1000, and lane.
type timelineRow [10]int64

// The columns of a timelineRow.
const (
	rowSent = iota
	rowFirst
	rowDone
	rowStatus
	rowTokens
	rowKind
	rowSequence
	rowLine
	rowWeight
	rowLane
)

// The statuses of a timelineRow.
const (
	rowOK = iota
	rowError
	rowUnfinished
)

func newTimeline(s *metrics.Summary, samples []Sample) timeline {
	var t timeline
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		tb := timelineBenchmark{Index: i, Name: b.Name, Window: (b.WindowEndNS - b.StartNS) / 1000, End: (b.EndNS - b.StartNS) / 1000, Kinds: []string{}, All: true}
		for j := range samples {
			if samples[j].Benchmark == b.Index {
				tb.add(&samples[j], float64(b.StartNS)/1e9)
			}
		}
		if len(tb.Rows) > 0 {
			tb.assignLanes()
			t.Benchmarks = append(t.Benchmarks, tb)
		}
	}
	return t
}

func (t *timelineBenchmark) add(x *Sample, start float64) {
	at := func(s float64) int64 { return int64(math.Round((s - start) * 1e6)) }
	row := timelineRow{
		rowSent: at(x.Sent), rowFirst: -1, rowDone: t.End, rowTokens: x.OutputTokens, rowKind: -1,
		rowSequence: x.Sequence, rowLine: x.PromptLine, rowWeight: int64(math.Round(x.Weight * 1000)),
	}
	if x.First > 0 {
		row[rowFirst] = at(x.First)
	}
	if x.Done > 0 {
		row[rowDone] = at(x.Done)
	}
	switch x.Status {
	case results.StatusOK:
	case results.StatusUnfinished:
		row[rowStatus] = rowUnfinished
	default:
		row[rowStatus] = rowError
		if row[rowKind] = int64(slices.Index(t.Kinds, x.ErrorKind)); row[rowKind] < 0 {
			row[rowKind], t.Kinds = int64(len(t.Kinds)), append(t.Kinds, x.ErrorKind)
		}
	}
	t.All = t.All && x.Weight <= 1
	t.Rows = append(t.Rows, row)
}

// assignLanes gives each request the first lane that is free when it is sent.
func (t *timelineBenchmark) assignLanes() {
	var free []int64
	for i := range t.Rows {
		r := &t.Rows[i]
		lane := slices.IndexFunc(free, func(until int64) bool { return until <= r[rowSent] })
		if lane < 0 {
			lane, free = len(free), append(free, 0)
		}
		free[lane], r[rowLane] = r[rowDone], int64(lane)
	}
	t.Lanes = len(free)
}

// span is the time that the requests and the window take together.
func (t *timelineBenchmark) span() (from, to int64) {
	from, to = min(0, t.Rows[0][rowSent]), max(t.End, t.Window)
	for _, r := range t.Rows {
		to = max(to, r[rowDone])
	}
	return from, max(to, from+1)
}
