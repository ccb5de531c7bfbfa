package fill

import "time"

// MaxPerFile is how many connections one file gets: storage servers answer with sporadic refusals to more.
const MaxPerFile = 8

// ThrottleEvery is how often a [Throttle] is told the rate.
const ThrottleEvery = 100 * time.Millisecond

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

// Throttle decides how many connections to use. It doubles them while that raises the rate, and halves them when
// requests fail. It knows no clock: every step is an interval that has passed.
type Throttle struct {
	now, most int
	settle    int     // steps until the rate says something about now
	hold      int     // steps until more are tried
	sum       float64 // rates since the last change
	steps     int
	before    float64 // the rate with half as many; 0: unknown
}

// NewThrottle begins with now connections, and uses at most most.
func NewThrottle(now, most int) *Throttle {
	return &Throttle{now: now, most: most, settle: 1}
}

// Step takes the rate of the last interval, whether all connections were at work, and whether a request has failed. It
// returns how many connections to use.
func (t *Throttle) Step(rate float64, full, failed bool) int {
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
func (t *Throttle) measure(rate float64) {
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
	case t.now < MaxPerFile && mean < slowConnection*float64(t.now):
		t.set(min(t.most, MaxPerFile), mean)
	case t.now < t.most:
		t.set(min(t.most, 2*t.now), mean)
	}
}

func (t *Throttle) set(n int, before float64) {
	t.now, t.before = n, before
	t.settle, t.sum, t.steps = throttleSettle, 0, 0
}
