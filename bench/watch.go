package bench

import (
	"context"
	"sync/atomic"
	"time"
)

// watchEvery is how often a benchmark is looked at from outside.
const watchEvery = 250 * time.Millisecond

// watch looks at the benchmark at equal distances until ctx is done.
func (b *benchmark) watch(ctx context.Context) {
	timer := time.NewTimer(watchEvery)
	defer timer.Stop()
	look := b.watchSaturation()
	b.suspended.begin()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		b.suspended.woke(watchEvery)
		look()
		timer.Reset(watchEvery)
	}
}

// watchSaturation returns what to do at each look.
func (b *benchmark) watchSaturation() func() {
	if b.limits.Saturation == nil || !b.strategy.Open() {
		return func() {}
	}
	s := saturationWatch{Saturation: *b.limits.Saturation, every: watchEvery}
	return func() {
		waiting := float64(b.waiting.Load()) + b.heldBack(time.Now())
		if evidence, saturated := s.add(waiting, b.sequence.Load()); saturated {
			b.halt(StopSaturated, evidence, 0)
		}
	}
}

// heldBack is about how many requests are due but cannot pass a gate: those after the first that waits there.
func (b *benchmark) heldBack(now time.Time) float64 {
	due := b.held.Load()
	if due == 0 {
		return 0
	}
	return max(0, time.Duration(b.since(now)-due).Seconds()*b.strategy.Rate/float64(b.Shard.count()))
}

// suspendedLeast is how long the program must have stood still for it to count: no scheduler of a machine that is not
// out of memory keeps a thread waiting that long.
const suspendedLeast = time.Second

// suspension finds the times in which the program did not run at all: it was stopped, or the machine was asleep.
type suspension struct {
	last  time.Time
	boot  time.Duration // of the clock that counts sleep
	worst atomic.Int64  // ns
}

// begin starts a wait.
func (s *suspension) begin() { s.last, s.boot = time.Now(), sinceBoot() }

// woke is called when a wait is over that was to take so long, and starts the next.
func (s *suspension) woke(planned time.Duration) {
	took := max(time.Since(s.last), sinceBoot()-s.boot) // Go's clock stands still while Linux sleeps
	if late := took - planned; late > suspendedLeast && int64(late) > s.worst.Load() {
		s.worst.Store(int64(late))
	}
	s.begin()
}

// longest is the longest of them, in ns; 0 is none.
func (s *suspension) longest() int64 { return s.worst.Load() }
