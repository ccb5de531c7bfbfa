package live

import (
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

// A Gauge is what a run counts the moment it happens.
type Gauge struct {
	Sent     int64 // requests, since the start of the run
	InFlight int64
}

// A Plan is what is known of a benchmark before its first request.
type Plan struct {
	After
	Index       int
	Strategy    string // as in [results.Benchmark]
	Name        string // such as "constant 4/s"
	TargetRate  float64
	Concurrency int
	Requests    int           // to be sent; 0 if time ends the benchmark
	Duration    time.Duration // of sending; 0 if requests end it
}

// A Tracker follows a run. It is safe for concurrent use. The goroutine that observes waits for one that looks only
// while that copies numbers.
type Tracker struct {
	gauge func() Gauge
	run   results.Run

	mu         sync.Mutex
	benchmarks []*tracked // the last is the current one
	recent     window
	moments    series
	sampler    *report.Sampler
	over       bool // the run
}

// tracked is one benchmark.
type tracked struct {
	Plan
	start, end time.Duration // end is 0 while it goes
	before     int64         // requests sent before it
	sent       int64         // by it, once it has ended
	count      count
	kinds      []metrics.ErrorKind
	times      times
}

// count says what has become of requests.
type count struct {
	ended                             int64 // all of them, those of warm-up and cool-down too
	ok, errors, unfinished, cancelled int64 // of those that are measured
	empty                             int64 // of ok
	promptTokens, outputTokens        int64
}

// times are the durations of requests that succeeded, and the lag of all.
type times struct{ latency, scheduled, ttft, tpot, lag histogram }

// samplesKept is how many requests of a benchmark the page draws: it does so every second.
const samplesKept = 300

// NewTracker returns a tracker of a run that is described by run. Gauge is called while somebody looks, from any
// goroutine.
func NewTracker(run *results.Run, gauge func() Gauge) *Tracker {
	return &Tracker{gauge: gauge, run: *run, sampler: report.NewSampler(samplesKept)}
}

// Begin tells of the next benchmark.
func (t *Tracker) Begin(now time.Duration, p Plan) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sent := t.gauge().Sent
	t.benchmarks = append(t.benchmarks, &tracked{Plan: p, start: now, before: sent})
	t.recent = window{}
	t.recent.turn(reading{at: now, sent: sent})
	t.moments.begin(reading{at: now, sent: sent})
}

// End tells that the current benchmark is over.
func (t *Tracker) End(now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b := t.current(); b != nil {
		b.end = now
		b.sent = t.gauge().Sent - b.before
	}
}

// Finish tells that the run is over: nothing comes after what was told.
func (t *Tracker) Finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
}

// finished reports whether the run is over.
func (t *Tracker) finished() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over
}

// current is the benchmark that goes on, or nil.
func (t *Tracker) current() *tracked {
	if n := len(t.benchmarks); n > 0 && t.benchmarks[n-1].end == 0 {
		return t.benchmarks[n-1]
	}
	return nil
}

// Observe counts a request that has ended. It keeps no slice of r.
func (t *Tracker) Observe(r *results.Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.current()
	if b == nil {
		return
	}
	b.count.ended++
	if r.Warmup || r.Cooldown {
		return
	}
	if r.SentNS > 0 {
		b.times.lag.add(r.SentNS - r.DueNS)
	}
	switch r.Status {
	case results.StatusOK:
		b.succeed(r, &t.recent, &t.moments)
	case results.StatusUnfinished:
		b.count.unfinished++
	case results.StatusCancelled:
		b.count.cancelled++
	default:
		b.count.errors++
		b.fail(r)
	}
	t.sampler.Add(r)
}

func (b *tracked) succeed(r *results.Record, recent *window, moments *series) {
	b.count.ok++
	b.count.outputTokens += r.OutputTokens
	if r.PromptTokens != nil {
		b.count.promptTokens += *r.PromptTokens
	}
	if r.Empty() {
		b.count.empty++
		return
	}
	for _, into := range []*spans{recent.now(), &moments.spans} {
		into.add(r)
	}
	b.times.latency.add(r.DoneNS - r.SentNS)
	b.times.scheduled.add(r.DoneNS - r.DueNS)
	if r.FirstTokenNS > 0 {
		b.times.ttft.add(r.FirstTokenNS - r.SentNS)
	}
	if v, ok := perToken(r); ok {
		b.times.tpot.add(v)
	}
}

// perToken is the time per output token of a request, if it has one.
func perToken(r *results.Record) (ns int64, ok bool) {
	if r.FirstTokenNS == 0 || r.OutputTokens < 2 {
		return 0, false
	}
	return (r.LastTokenNS - r.FirstTokenNS) / (r.OutputTokens - 1), true
}

// kindsKept is how many kinds of errors a benchmark tells apart.
const kindsKept = 20

func (b *tracked) fail(r *results.Record) {
	for i := range b.kinds {
		if b.kinds[i].Kind == r.ErrorKind {
			b.kinds[i].Count++
			return
		}
	}
	if len(b.kinds) < kindsKept {
		b.kinds = append(b.kinds, metrics.ErrorKind{Kind: r.ErrorKind, Count: 1, Example: r.ErrorMessage})
	}
}

// Tick is called about once a second, so that the tracker knows what happened when.
func (t *Tracker) Tick(now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.current()
	if b == nil {
		return
	}
	g := t.gauge()
	r := reading{at: now, sent: g.Sent, ok: b.count.ok, failed: b.count.errors, tokens: b.count.outputTokens}
	t.recent.turn(r)
	t.moments.add(r, g.InFlight, b.TargetRate)
}
