package hub

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/quota"
)

// notice remembers what the Hub says of its quotas, and passes on what it has to say to the user.
func (c *Client) notice(at *url.URL, h http.Header) {
	if c.ours(at) {
		c.pace.Notice(time.Now(), h)
		c.warn(h)
	}
}

// holdBack waits until a request to at may go without using up the quota that it counts against.
func (c *Client) holdBack(ctx context.Context, op string, at *url.URL) error {
	if !c.ours(at) {
		return nil
	}
	kind, now := quota.Kind(at), time.Now()
	for told := false; ; told = true {
		d, empty := c.pace.Depart(now, kind)
		switch {
		case d <= 0:
			return nil
		case d > maxWait:
			return &Error{Op: op, URL: cleanURL(at), Message: "the Hub's rate limit is used up for " + d.Round(time.Second).String(), Err: ErrUnavailable}
		case told: // others went first
		case empty:
			c.cfg.Logf("the Hub's %s quota is used up: waiting %v", kind, d.Round(time.Second))
		case d >= noticeable:
			c.cfg.Logf("the Hub's %s quota is nearly used up: waiting %v to make it last", kind, d.Round(time.Second))
		}
		if err := c.sleep(ctx, d); err != nil {
			return err
		}
		now = now.Add(d)
	}
}

// noticeable is a wait that a person is told about.
const noticeable = 5 * time.Second
