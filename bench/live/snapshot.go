package live

import (
	"slices"
	"time"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

// A Snapshot is what the current benchmark is doing. It shares nothing with the tracker.
type Snapshot struct {
	Plan
	Elapsed  time.Duration
	Left     time.Duration // estimated
	HasLeft  bool
	Done     float64 // share of the plan, 0 to 1, as far as there is one
	Sent     int64
	InFlight int64
	Ended    int64 // whatever became of them, those of warm-up and cool-down too

	OK, Errors, Unfinished, Cancelled int64 // of those that are measured
	Tokens                            int64 // output tokens of those OK

	// Of the last seconds: rates per second, and times of the requests that succeeded in them.
	Recent                      time.Duration // how long these are
	SentRate, OKRate, ErrorRate float64
	TokenRate                   float64
	TTFT, TPOT, Latency         metrics.Dist
	Trend                       []report.Moment // of this benchmark, the latest last
}

// Snapshot returns what goes on now; ok is false between benchmarks.
func (t *Tracker) Snapshot(now time.Duration) (s Snapshot, ok bool) {
	t.mu.Lock()
	b := t.current()
	if b == nil {
		t.mu.Unlock()
		return Snapshot{}, false
	}
	g := t.gauge()
	s = Snapshot{
		Plan: b.Plan, Elapsed: now - b.start, Sent: g.Sent - b.before, InFlight: g.InFlight,
		Ended: b.count.ended, OK: b.count.ok, Errors: b.count.errors, Unfinished: b.count.unfinished, Cancelled: b.count.cancelled,
		Tokens: b.count.outputTokens,
	}
	recent, oldest := t.recent.all()
	s.Trend = slices.Clone(t.moments.since(b.start))
	t.mu.Unlock()

	s.Recent = now - oldest.at
	change := between(oldest, reading{at: now, sent: g.Sent, ok: s.OK, failed: s.Errors, tokens: s.Tokens})
	s.SentRate, s.OKRate, s.ErrorRate, s.TokenRate = change.sent, change.ok, change.failed, change.tokens
	s.TTFT, s.TPOT, s.Latency = recent.ttft.dist(), recent.tpot.dist(), recent.latency.dist()
	s.Left, s.HasLeft = Left(b.Requests, b.Duration, s.Ended, s.Elapsed)
	if s.HasLeft {
		s.Done = min(1, max(0, s.Elapsed.Seconds()/max((s.Elapsed+s.Left).Seconds(), 1e-9)))
	}
	return s, true
}

// since are the moments of the benchmark that began then.
func (s *series) since(start time.Duration) []report.Moment {
	i := len(s.moments)
	for i > 0 && s.moments[i-1].At > start.Seconds() {
		i--
	}
	return s.moments[i:]
}

// Left estimates the time to the end of a benchmark of so many requests or of such a duration (0: not by that), of
// which so many requests are done; false if nothing tells.
func Left(requests int, duration time.Duration, done int64, elapsed time.Duration) (left time.Duration, known bool) {
	if requests > 0 && done > 0 {
		left, known = time.Duration(float64(elapsed)/float64(done)*float64(max(0, int64(requests)-done))), true
	}
	if duration > 0 {
		byTime := max(0, duration-elapsed)
		if !known || byTime < left {
			left, known = byTime, true
		}
	}
	return left, known
}

// History returns the run so far in the terms of a report.
func (t *Tracker) History(now time.Duration) *report.Live {
	copies := t.copies(t.gauge())
	t.mu.Lock()
	moments, samples, over := slices.Clone(t.moments.moments), t.sampler.Samples(), t.over
	t.mu.Unlock()

	l := &report.Live{Summary: &metrics.Summary{Run: t.run}, Samples: samples, Moments: moments, Over: over}
	for i := range copies {
		l.Summary.Benchmarks = append(l.Summary.Benchmarks, copies[i].benchmark(now))
	}
	if s, ok := t.Snapshot(now); ok {
		l.Now = s.now()
	}
	return l
}

// now is the snapshot for the page.
func (s *Snapshot) now() *report.Now {
	return &report.Now{
		Strategy: s.Name + s.Place(), AllLeft: s.After.Left(s.Left), Asked: s.TargetRate, ElapsedSeconds: s.Elapsed.Seconds(), LeftSeconds: s.Left.Seconds(), HasLeft: s.HasLeft, Done: s.Done,
		SentRate: s.SentRate, TokenRate: s.TokenRate, InFlight: s.InFlight, Errors: s.Errors, ErrorRate: s.ErrorRate,
		RecentSeconds: s.Recent.Seconds(), TTFT: s.TTFT, TPOT: s.TPOT, Latency: s.Latency,
	}
}

// benchmark is a copy of b in the terms of a report.
func (b *tracked) benchmark(now time.Duration) metrics.Benchmark {
	end := b.end
	if end == 0 {
		end = now
	}
	seconds := max((end - b.start).Seconds(), 1e-9)
	c := &b.count
	return metrics.Benchmark{
		Benchmark: results.Benchmark{
			Index: b.Index, Strategy: b.Strategy, TargetRate: b.TargetRate, TargetConcurrency: b.Concurrency,
			StartNS: b.start.Nanoseconds(), SendEndNS: end.Nanoseconds(), WindowEndNS: end.Nanoseconds(), EndNS: end.Nanoseconds(),
		},
		Name: b.Name,
		Counts: metrics.Counts{Total: int(c.ok + c.errors + c.unfinished + c.cancelled), OK: int(c.ok), Errors: int(c.errors),
			Unfinished: int(c.unfinished), Cancelled: int(c.cancelled), ZeroToken: int(c.empty), ErrorKinds: b.kinds},
		WindowSeconds: seconds,
		Latency:       b.times.latency.dist(), ScheduledLatency: b.times.scheduled.dist(), SendLag: b.times.lag.dist(),
		TTFT: b.times.ttft.dist(), TPOT: b.times.tpot.dist(),
		RequestsPerSecond: float64(c.ok) / seconds, OutputTokensPerSecond: float64(c.outputTokens) / seconds,
		TotalTokensPerSecond: float64(c.outputTokens+c.promptTokens) / seconds, SentPerSecond: float64(b.sent) / seconds,
		Concurrency: b.times.latency.sum / seconds, // Little's law
	}
}
