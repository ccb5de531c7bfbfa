// Package report shows a [metrics.Summary]: on a terminal, as markdown, as JSON and as one self-contained HTML
// file. Every function is pure: the same summary gives the same bytes; none reads a clock, the environment or a
// file. None changes the summary it is given.
//
// All text of a summary comes from datasets, servers and file names, so it is hostile until escaped. Each format
// first makes a copy in which every string is printable (see package plain) and then escapes it for its
// destination.
package report

import (
	"cmp"
	"io"
	"math"

	"github.com/promptmill/promptmill/bench/metrics"
)

// printer writes to w until a write fails, and keeps that first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) print(parts ...string) {
	for _, s := range parts {
		if p.err != nil {
			return
		}
		_, p.err = io.WriteString(p.w, s)
	}
}

// openLoop says whether the requests of b were sent by a schedule, not by slots that became free.
func openLoop(b *metrics.Benchmark) bool { return b.TargetRate > 0 }

// askedRate is the rate that an open loop asked for while it was measured.
func askedRate(b *metrics.Benchmark) float64 { return cmp.Or(b.AskedPerSecond, b.TargetRate) }

// asked is askedRate to the thousandth, as the name of the benchmark has it: a sweep computes its rates.
func asked(b *metrics.Benchmark) string {
	rate := askedRate(b)
	return exact(cmp.Or(math.Round(rate*1000)/1000, rate))
}

// sentRate is the rate at which the requests of b left; one request has none.
func sentRate(b *metrics.Benchmark) string {
	if b.SentPerSecond == 0 {
		return none
	}
	return number(b.SentPerSecond)
}

// anyOf says whether pred holds for one benchmark of s.
func anyOf(s *metrics.Summary, pred func(b *metrics.Benchmark) bool) bool {
	for i := range s.Benchmarks {
		if pred(&s.Benchmarks[i]) {
			return true
		}
	}
	return false
}

// totals adds up what became of the requests of all benchmarks. Its ErrorKinds are empty.
func totals(s *metrics.Summary) metrics.Counts {
	var t metrics.Counts
	for i := range s.Benchmarks {
		c := &s.Benchmarks[i].Counts
		t.Total += c.Total
		t.OK += c.OK
		t.Errors += c.Errors
		t.Unfinished += c.Unfinished
		t.Cancelled += c.Cancelled
		t.Warmup += c.Warmup
		t.ZeroToken += c.ZeroToken
	}
	return t
}
