package openai

import "time"

// A clock counts nanoseconds from its epoch, on the monotonic clock.
type clock struct{ epoch time.Time }

func (c clock) now() int64 { return int64(time.Since(c.epoch)) }

// A stamp says when the bytes of one read of a socket arrived.
type stamp struct {
	at  int64 // arrival, on the clock
	now int64 // the clock when the read returned: an upper bound of at
	// id is the same for two reads exactly when they share one arrival: the kernel's own time where it gave
	// one (a long segment may take several reads), else the number of the read.
	id     int64
	kernel bool // at is the kernel's, not now
}

// kernelStamp places wall, the kernel's receive time (nanoseconds since 1970) of a read that has just returned, on
// the clock. The lag between the two is taken on the wall clock and subtracted on the monotonic one, so that only a
// wall clock stepped between arrival and read can spoil it; arrivals.add notices that.
func (c clock) kernelStamp(wall int64) stamp {
	now := c.bothNow()
	mono := int64(now.Sub(c.epoch))
	return stamp{at: mono - (now.UnixNano() - wall), now: mono, id: wall, kernel: true}
}

// bothNow reads the wall and the monotonic clock at one instant: time.Now reads one after the other, and a thread
// that loses its processor in between would shift the stamp by as long.
func (c clock) bothNow() time.Time {
	const together = 2 * time.Microsecond
	for range 3 {
		before := c.now()
		if now := time.Now(); now.Sub(c.epoch)-time.Duration(before) < together {
			return now
		}
	}
	return time.Now()
}

// clockStamp is the stamp of the n-th read of a socket when the kernel gave none.
func (c clock) clockStamp(n int64) stamp {
	now := c.now()
	return stamp{at: now, now: now, id: n}
}
