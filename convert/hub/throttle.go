package hub

import "time"

// throttleEvery is how often a [throttle] is told the rate.
const throttleEvery = 100 * time.Millisecond

// What a throttle finds worthwhile: twice the connections have to bring an eighth more, and after having found that
// they do not, or that requests fail, it tries again only after some seconds.
const (
	throttleGain   = 1.125
	throttleHold   = 50 // steps
	throttleSettle = 4  // steps after a change in which new connections get up to speed

	// slowConnection is a rate, in bytes per second, at which the link and not this machine is the limit. Then a file
	// is worth all its connections without further proof.
	slowConnection = 64 << 20
)

// throttle decides how many connections to use. It doubles them while that raises the rate, and halves them when
// requests fail. It knows no clock: every step is an interval that has passed.
type throttle struct {
	now, most int
	settle    int     // steps until the rate says something about now
	hold      int     // steps until more are tried
	sum       float64 // rates since the last change
	steps     int
	before    float64 // the rate with half as many; 0: unknown
}

func newThrottle(now, most int) *throttle {
	return &throttle{now: now, most: most, settle: 1}
}

// step takes the rate of the last interval, whether all connections were at work, and whether a request has failed. It
// returns how many connections to use.
func (t *throttle) step(rate float64, full, failed bool) int {
	switch {
	case failed:
		t.set(max(1, t.now/2), 0)
		t.hold = throttleHold
	case !full: // there is less to do than there are hands
	case t.settle > 0:
		t.settle--
	default:
		t.measure(rate)
	}
	return t.now
}

// measure judges the present number by a rate.
func (t *throttle) measure(rate float64) {
	t.sum += rate
	t.steps++
	mean := t.sum / float64(t.steps)
	if t.before > 0 {
		if mean < t.before*throttleGain {
			t.set(max(1, t.now/2), 0)
			t.hold = throttleHold
			return
		}
		t.before = 0
	}
	if t.hold > 0 {
		t.hold--
		return
	}
	switch {
	case t.now < maxPerFile && mean < slowConnection*float64(t.now):
		t.set(min(t.most, maxPerFile), mean)
	case t.now < t.most:
		t.set(min(t.most, 2*t.now), mean)
	}
}

func (t *throttle) set(n int, before float64) {
	t.now, t.before = n, before
	t.settle, t.sum, t.steps = throttleSettle, 0, 0
}
