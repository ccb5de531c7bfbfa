package live_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/live"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

// A run is a tracker with the counters that a runner would keep.
type run struct {
	*live.Tracker
	gauge live.Gauge
}

func newRun() *run {
	r := new(run)
	r.Tracker = live.NewTracker(&results.Run{
		ID: "0123", Model: "tiny", Target: "http://127.0.0.1:8000", Tool: "promptmill test", StartedAt: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
	}, func() live.Gauge { return r.gauge })
	return r
}

// answer tells of a request sent at an instant that took so long; its first token came after a tenth of that.
func (r *run) answer(sent, took time.Duration, tokens int64) {
	r.gauge.Sent++
	r.Observe(&results.Record{
		Benchmark: 0, Sequence: r.gauge.Sent, DueNS: sent.Nanoseconds() - 1000, SentNS: sent.Nanoseconds(), FirstTokenNS: (sent + took/10).Nanoseconds(),
		LastTokenNS: (sent + took).Nanoseconds(), DoneNS: (sent + took).Nanoseconds(), OutputTokens: tokens, PromptTokens: new(int64(7)),
		Status: results.StatusOK,
	})
}

func (r *run) fail(status, kind string) {
	r.gauge.Sent++
	r.Observe(&results.Record{SentNS: 1, DoneNS: 2, Status: status, ErrorKind: kind, ErrorMessage: "because"})
}

func TestTracker_countsAddUp(t *testing.T) {
	r := newRun()
	r.Begin(time.Second, live.Plan{Strategy: "concurrent", Name: "concurrent 4", Concurrency: 4, Requests: 100})
	for range 30 {
		r.answer(time.Second, 100*time.Millisecond, 11)
	}
	for range 4 {
		r.fail(results.StatusError, "timeout")
	}
	r.fail(results.StatusError, "reset")
	r.fail(results.StatusUnfinished, "")
	r.fail(results.StatusCancelled, "")
	r.gauge.Sent++
	r.Observe(&results.Record{Warmup: true, Status: results.StatusOK})
	r.gauge.InFlight = 3
	s, ok := r.Snapshot(3 * time.Second)
	if !ok {
		t.Fatal("no snapshot of a benchmark that goes on")
	}
	if s.OK != 30 || s.Errors != 5 || s.Unfinished != 1 || s.Cancelled != 1 || s.Ended != 38 || s.Sent != 38 || s.InFlight != 3 || s.Tokens != 330 {
		t.Errorf("snapshot = %+v", s)
	}
	if want := 2 * time.Second * 62 / 38; !s.HasLeft || (s.Left-want).Abs() > time.Millisecond {
		t.Errorf("%v left, want %v", s.Left, want)
	}
	h := r.History(3 * time.Second).Summary.Benchmarks[0]
	if h.Counts.Total != 37 || h.Counts.OK != 30 || h.Counts.Errors != 5 || h.Counts.Unfinished != 1 || h.Counts.Cancelled != 1 {
		t.Errorf("history counts %+v", h.Counts)
	}
	if len(h.Counts.ErrorKinds) != 2 || h.Counts.ErrorKinds[0].Count != 4 || h.Counts.ErrorKinds[0].Example != "because" {
		t.Errorf("kinds = %+v", h.Counts.ErrorKinds)
	}
	if h.OutputTokensPerSecond != 165 || h.RequestsPerSecond != 15 || h.SentPerSecond != 19 {
		t.Errorf("rates %v tok/s, %v req/s, %v sent/s; want 165, 15, 19", h.OutputTokensPerSecond, h.RequestsPerSecond, h.SentPerSecond)
	}
}

// What an embedding is measured by is its latency: it has no token to be empty of.
func TestTracker_answersWithoutTokens(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "x"})
	r.Observe(&results.Record{SentNS: 1, DoneNS: 1e9, Status: results.StatusOK, TokenSource: results.TokensNotAsked})
	if b := r.History(time.Second).Summary.Benchmarks[0]; b.Latency.Count != 1 || b.Counts.ZeroToken != 0 {
		t.Errorf("%d latencies, %d empty answers", b.Latency.Count, b.Counts.ZeroToken)
	}
}

// What comes between two benchmarks, and in the next one, is not counted for the one before.
func TestTracker_benchmarksAreApart(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "one"})
	r.answer(0, time.Second, 5)
	r.End(2 * time.Second)
	if _, ok := r.Snapshot(2 * time.Second); ok {
		t.Error("a snapshot between two benchmarks")
	}
	r.Begin(3*time.Second, live.Plan{Index: 1, Name: "two"})
	r.answer(3*time.Second, time.Second, 5)
	r.answer(3*time.Second, time.Second, 5)
	l := r.History(5 * time.Second)
	if a, b := l.Summary.Benchmarks[0], l.Summary.Benchmarks[1]; a.Counts.OK != 1 || b.Counts.OK != 2 || a.WindowSeconds != 2 || b.WindowSeconds != 2 {
		t.Errorf("%d requests in %v s and %d in %v s; want 1 and 2 in 2 s each", a.Counts.OK, a.WindowSeconds, b.Counts.OK, b.WindowSeconds)
	}
	if s, _ := r.Snapshot(5 * time.Second); s.Sent != 2 || s.Name != "two" {
		t.Errorf("snapshot of %q has %d sent", s.Name, s.Sent)
	}
}

func TestTracker_percentilesAreWithinABucket(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	r := newRun()
	r.Begin(0, live.Plan{Name: "x"})
	var times []float64
	for range 5000 {
		took := time.Duration(math.Exp(rng.NormFloat64()*2) * float64(50*time.Millisecond))
		r.answer(0, took, 2)
		times = append(times, took.Seconds())
	}
	slices.Sort(times)
	d := r.History(time.Second).Summary.Benchmarks[0].Latency
	for q, got := range map[float64]float64{0.5: d.P50, 0.9: d.P90, 0.95: d.P95, 0.99: d.P99, 0.999: d.P999} {
		want := times[int(math.Ceil(q*5000))-1]
		if math.Abs(got-want) > 0.016*want {
			t.Errorf("p%v = %v, want %v within 1.6 %%", 100*q, got, want)
		}
	}
	if d.Count != 5000 || d.Min != times[0] || d.Max != times[4999] || d.Certified != 99 {
		t.Errorf("dist = %+v, want the exact ends %v and %v", d, times[0], times[4999])
	}
}

// The last seconds are the last five, and no more.
func TestSnapshot_isOfTheLastSeconds(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "constant 10/s", TargetRate: 10, Duration: time.Minute})
	for second := range 20 {
		now := time.Duration(second) * time.Second
		took := 100 * time.Millisecond
		if second >= 12 {
			took = time.Second
		}
		for range 10 {
			r.answer(now, took, 3)
		}
		r.Tick(now + time.Second)
	}
	s, _ := r.Snapshot(20 * time.Second)
	if math.Abs(s.SentRate-10) > 1e-9 || math.Abs(s.OKRate-10) > 1e-9 || math.Abs(s.TokenRate-30) > 1e-9 {
		t.Errorf("rates %v sent, %v ok, %v tokens; want 10, 10, 30", s.SentRate, s.OKRate, s.TokenRate)
	}
	if s.Latency.Min != 1 || s.Latency.Count != 40 || s.Recent != 4*time.Second {
		t.Errorf("latencies of the last %v: %d from %v s on; want 40 of 1 s in 4 s", s.Recent, s.Latency.Count, s.Latency.Min)
	}
	if s.Left != 40*time.Second || len(s.Trend) != 20 {
		t.Errorf("%v left and %d moments, want 40s and 20", s.Left, len(s.Trend))
	}
	if m := s.Trend[5]; m.Sent != 10 || m.Asked != 10 || m.Tokens != 30 || math.Abs(m.Latency.P50-0.1) > 0.002 {
		t.Errorf("moment = %+v", m)
	}
}

// A run of a day must not grow what is kept of it.
func TestTracker_keepsABoundedNumberOfMoments(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "x"})
	for second := range 86_400 {
		r.gauge.Sent += 2
		r.Tick(time.Duration(second+1) * time.Second)
	}
	ms := r.History(24 * time.Hour).Moments
	if len(ms) < 250 || len(ms) > 601 {
		t.Fatalf("%d moments of a day", len(ms))
	}
	if !slices.IsSortedFunc(ms, func(a, b report.Moment) int { return int(a.At - b.At) }) || ms[len(ms)-1].At < 86_000 {
		t.Errorf("the last moment is at %v s", ms[len(ms)-1].At)
	}
	for _, m := range ms {
		if math.Abs(m.Sent-2) > 1e-9 {
			t.Fatalf("at %v s %v requests/s, want 2", m.At, m.Sent)
		}
	}
}

func TestTracker_watchesASink(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "x"})
	var sink counter
	w := r.Watch(&sink)
	for range 3 {
		if err := w.Write(&results.Record{Status: results.StatusOK, OutputTokens: 1, FirstTokenNS: 1, SentNS: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Tick(); err != nil {
		t.Fatal(err)
	}
	if s, _ := r.Snapshot(1); s.OK != 3 || sink != (counter{3, 1}) {
		t.Errorf("%d observed, sink %+v", s.OK, sink)
	}
}

type counter struct{ writes, ticks int }

func (c *counter) Write(*results.Record) error { c.writes++; return nil }
func (c *counter) Tick() error                 { c.ticks++; return nil }

// Whoever looks does so while requests end.
func TestTracker_isSafeForConcurrentUse(t *testing.T) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "x"})
	tracker := live.NewTracker(new(results.Run), func() live.Gauge { return live.Gauge{} })
	tracker.Begin(0, live.Plan{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 2000 {
			tracker.Observe(&results.Record{Sequence: int64(i), SentNS: 1, FirstTokenNS: 2, LastTokenNS: 4, DoneNS: 5, OutputTokens: 3, Status: results.StatusOK})
		}
	}()
	for i := range 50 {
		now := time.Duration(i) * time.Millisecond
		tracker.Tick(now)
		tracker.Snapshot(now)
		tracker.History(now)
	}
	<-done
	if s, _ := tracker.Snapshot(time.Second); s.OK != 2000 {
		t.Errorf("%d observed, want 2000", s.OK)
	}
}

func BenchmarkObserve(b *testing.B) {
	r := newRun()
	r.Begin(0, live.Plan{Name: "x"})
	rec := results.Record{SentNS: 1, FirstTokenNS: 2e6, LastTokenNS: 9e7, DoneNS: 1e8, OutputTokens: 64, Status: results.StatusOK, RequestID: "x"}
	b.ReportAllocs()
	for b.Loop() {
		rec.Sequence++
		r.Observe(&rec)
	}
}

func BenchmarkHistory(b *testing.B) {
	r := newRun()
	for n := range 10 {
		r.Begin(time.Duration(n)*time.Minute, live.Plan{Index: n, Name: fmt.Sprint("x ", n)})
		for i := range 1000 {
			r.answer(time.Duration(n)*time.Minute, time.Duration(i)*time.Millisecond, 9)
		}
		for second := range 60 {
			r.Tick(time.Duration(60*n+second) * time.Second)
		}
		if n < 9 {
			r.End(time.Duration(n+1) * time.Minute)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := report.LiveBody(discard{}, r.History(10*time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
