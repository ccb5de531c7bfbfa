package bench

import (
	"cmp"
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// enough is how many successes tell a latency that grows from one that varies.
const enough = 30

// trend keeps how the latency of a benchmark went, and how late the client was, as [Outcome] tells them. It leaves out
// warm-up and cool-down: a server that was slow to start looks, by comparison, as if it kept up later. A nil one keeps
// nothing.
type trend struct {
	answers []timedAnswer
	lags    []int64 // how much later than due each request was sent
}

// timedAnswer is when a success was due, and how long after that it ended, in ns.
type timedAnswer struct{ due, latency int64 }

func (t *trend) add(r *results.Record) {
	if t == nil || r.Warmup || r.Cooldown {
		return
	}
	if r.SentNS > 0 {
		t.lags = append(t.lags, r.SentNS-r.DueNS)
	}
	if r.Status == results.StatusOK {
		t.answers = append(t.answers, timedAnswer{r.DueNS, r.DoneNS - r.DueNS})
	}
}

// earlyLate are the median latencies of the first and the last third of the successes, by when they were due; 0 for
// fewer than [enough]. It sorts them.
func (t *trend) earlyLate() (early, late time.Duration) {
	n := len(t.answers)
	if n < enough {
		return 0, 0
	}
	slices.SortFunc(t.answers, func(a, b timedAnswer) int { return cmp.Compare(a.due, b.due) })
	return medianLatency(t.answers[:n/3]), medianLatency(t.answers[n-n/3:])
}

func medianLatency(answers []timedAnswer) time.Duration {
	latencies := make([]int64, len(answers))
	for i, a := range answers {
		latencies[i] = a.latency
	}
	slices.Sort(latencies)
	return time.Duration(latencies[len(latencies)/2])
}

// worstLag is how late the latest hundredth of the requests, and at least three of them, were sent; 0 for fewer. It
// sorts them.
func (t *trend) worstLag() time.Duration {
	const least = 3
	n := len(t.lags)
	if n < least {
		return 0
	}
	slices.Sort(t.lags)
	return time.Duration(t.lags[n-max(least, n/100+1)])
}
