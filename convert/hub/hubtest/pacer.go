package hubtest

import (
	"context"
	"sync"
	"time"
)

// sliceTime is how much of the line's time is written at once: short enough to be smooth, long enough for timers.
const sliceTime = 10 * time.Millisecond

// pacer spreads bytes over time. It is safe for concurrent use: those who share one share its rate. A nil pacer has no
// limit.
type pacer struct {
	rate int64 // bytes per second

	mu   sync.Mutex
	free time.Time // when everything reserved so far has been sent
}

func newPacer(rate int64) *pacer {
	if rate <= 0 {
		return nil
	}
	return &pacer{rate: rate}
}

// slice returns how many of n bytes go at once.
func (p *pacer) slice(n int) int {
	if p == nil {
		return n
	}
	return int(min(int64(n), max(p.rate*int64(sliceTime)/int64(time.Second), 1)))
}

// reserve takes the time of n bytes and returns how long to wait before they go. Who is late by less than a slice makes
// up for it, so that the mean is the rate however late timers are; idle time is not saved up beyond that.
func (p *pacer) reserve(n int) time.Duration {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if late := now.Add(-sliceTime); p.free.Before(late) {
		p.free = late
	}
	p.free = p.free.Add(time.Duration(float64(n) / float64(p.rate) * float64(time.Second)))
	if wait := p.free.Sub(now); wait >= sliceTime {
		return wait
	}
	return 0 // too little for a timer: it adds up
}

// pacers are all those that bytes have to pass.
type pacers []*pacer

// slice returns how many of n bytes go at once.
func (ps pacers) slice(n int) int {
	for _, p := range ps {
		n = p.slice(n)
	}
	return n
}

// pass waits for the turn of n bytes, and reports whether ctx was still alive then.
func (ps pacers) pass(ctx context.Context, n int) bool {
	for _, p := range ps {
		if !pause(ctx, p.reserve(n)) {
			return false
		}
	}
	return true
}
