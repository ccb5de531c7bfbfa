package hub

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

// How often and how long a failed request is tried again. A server that names a longer wait is obeyed up to
// maxWait, which covers the Hub's quota window of five minutes; beyond that the user decides.
const (
	maxTries     = 5 // after the first
	maxOddTries  = 3 // when an answer makes no sense
	maxDialTries = 2 // when nobody listens and nobody ever has, which rarely changes soon
	firstPause   = time.Second
	longestPause = 8 * time.Second
	maxWait      = 6 * time.Minute
)

// pause waits before another try after err, tries of which were made already. It returns the error to give up with:
// err itself when trying again is of no use, the context's cause when that ends first.
func (c *Client) pause(ctx context.Context, err error, tries int) error {
	e, ok := errors.AsType[*Error](c.hush(err))
	if !ok || !e.again || tries >= c.triesFor(e) {
		return err
	}
	d, named := e.namedWait(time.Now())
	if d > maxWait {
		e.Advice = "the server asks to wait " + d.Round(time.Second).String() + ": come back then"
		return e
	}
	if !named {
		d = min(firstPause<<min(tries, 10), longestPause)
		d = d/2 + time.Duration(c.jitter()*float64(d/2)) // spreads the clients that failed together
	}
	c.cfg.Logf("%s: %s; trying again in %v", e.Op, e.reason(), d.Round(time.Millisecond))
	return c.sleep(ctx, d)
}

func (c *Client) triesFor(e *Error) int {
	op, ok := errors.AsType[*net.OpError](e.Err)
	switch {
	case ok && op.Op == "dial" && !c.answered.Load():
		return maxDialTries
	case e.odd:
		return maxOddTries
	}
	return maxTries
}

// namedWait returns how long the server wants the client to stay away, if it says so. The second on top is Python's:
// the server's seconds are rounded.
func (e *Error) namedWait(now time.Time) (time.Duration, bool) {
	if e.Status == http.StatusTooManyRequests {
		if l, ok := wire.ParseRateLimit(e.limit); ok && l.Left == 0 {
			return l.Reset + time.Second, true
		}
	}
	d, ok := wire.RetryAfter(e.wait, now)
	return d + time.Second, ok
}
