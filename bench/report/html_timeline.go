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
	Name   string        `json:"name"`
	Window int64         `json:"window"` // end of the measured window
	End    int64         `json:"end"`    // of the drain
	Kinds  []string      `json:"kinds"`  // of errors, for the rows to point into
	Rows   []timelineRow `json:"rows"`   // by the instant of sending
	All    bool          `json:"all"`    // no request is left out
}

// A timelineRow is sent, first token (-1: never), done, status (0 ok, 1 error, 2 unfinished), output tokens, index
// into Kinds (-1: none), sequence, prompt line, and the weight times 1000.
type timelineRow [9]int64

func newTimeline(s *metrics.Summary, samples []Sample) timeline {
	var t timeline
	for i := range s.Benchmarks {
		b := &s.Benchmarks[i]
		tb := timelineBenchmark{Name: b.Name, Window: (b.WindowEndNS - b.StartNS) / 1000, End: (b.EndNS - b.StartNS) / 1000, Kinds: []string{}, All: true}
		for j := range samples {
			if samples[j].Benchmark == b.Index {
				tb.add(&samples[j], float64(b.StartNS)/1e9)
			}
		}
		if len(tb.Rows) > 0 {
			t.Benchmarks = append(t.Benchmarks, tb)
		}
	}
	return t
}

func (t *timelineBenchmark) add(x *Sample, start float64) {
	at := func(s float64) int64 { return int64(math.Round((s - start) * 1e6)) }
	row := timelineRow{at(x.Sent), -1, t.End, 0, x.OutputTokens, -1, x.Sequence, x.PromptLine, int64(math.Round(x.Weight * 1000))}
	if x.First > 0 {
		row[1] = at(x.First)
	}
	if x.Done > 0 {
		row[2] = at(x.Done)
	}
	switch x.Status {
	case results.StatusOK:
	case results.StatusUnfinished:
		row[3] = 2
	default:
		row[3] = 1
		if row[5] = int64(slices.Index(t.Kinds, x.ErrorKind)); row[5] < 0 {
			row[5], t.Kinds = int64(len(t.Kinds)), append(t.Kinds, x.ErrorKind)
		}
	}
	t.All = t.All && x.Weight <= 1
	t.Rows = append(t.Rows, row)
}
