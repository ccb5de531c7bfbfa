package hub

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pacer spreads requests so that a quota of the Hub lasts until it starts anew. Each answer of the Hub says how many
// requests of a kind are left and for how long; when those become few, requests keep a distance, which grows as they
// become fewer, and when none is left the next waits for the new window. The zero value is ready; it is safe for
// concurrent use.
type pacer struct {
	mu     sync.Mutex
	quotas map[string]*quota
}

// quota is what is known of one kind of requests.
type quota struct {
	left  int       // requests until reset, less those that are on their way
	size  int       // requests of a window; 0 when the Hub does not say
	next  time.Time // when the next may go
	reset time.Time // when everything known here becomes void
}

// few is the share of a quota below which requests keep a distance, and lowWater the number of requests that stands for
// it while the size of the quota is unknown.
const (
	few      = 10 // a tenth
	lowWater = 20
)

// notice takes in the headers of an answer.
func (p *pacer) notice(now time.Time, h http.Header) {
	l, ok := parseRateLimit(h.Get("RateLimit"))
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quotas == nil {
		p.quotas = map[string]*quota{}
	}
	q := p.quotas[l.kind]
	if q == nil || !now.Before(q.reset) { // the first answer of a window
		q = &quota{left: l.left}
		p.quotas[l.kind] = q
	}
	q.left = min(q.left, l.left) // the Hub has not seen those on their way, and may have seen another program's
	q.size = policyQuota(h.Values("RateLimit-Policy"), l.kind)
	q.reset = now.Add(l.reset + time.Second) // the server's seconds are rounded
	if at := now.Add(q.gap(now)); at.After(q.next) {
		q.next = at
	}
}

// gap returns the distance of requests: none while more than a few are left, growing to an even share of the rest of the
// window as they run out.
func (q *quota) gap(now time.Time) time.Duration {
	low := lowWater
	if q.size > 0 {
		low = max(q.size/few, 1)
	}
	if q.left <= 0 || q.left >= low {
		return 0
	}
	even := float64(q.reset.Sub(now)) / float64(q.left)
	return time.Duration(even * (1 - float64(q.left)/float64(low)))
}

// depart counts a request of a kind as sent, or returns how long it has to wait before it may try again; empty says that
// the quota is used up.
func (p *pacer) depart(now time.Time, kind string) (wait time.Duration, empty bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.quotas[kind]
	switch {
	case q == nil || !now.Before(q.reset):
		return 0, false
	case q.left <= 0:
		return q.reset.Sub(now), true
	case now.Before(q.next):
		return min(q.next.Sub(now), q.reset.Sub(now)), false
	}
	q.left--
	q.next = now.Add(q.gap(now))
	return 0, false
}

// policyQuota returns how many requests of a kind a window has, by headers like `"fixed window";"api";q=500;w=300`; 0
// when they do not say.
func policyQuota(headers []string, kind string) int {
	for _, h := range headers {
		for policy := range strings.SplitSeq(h, ",") {
			n, named := 0, false
			for part := range strings.SplitSeq(policy, ";") {
				part = strings.TrimSpace(part)
				if part == strconv.Quote(kind) {
					named = true
				}
				if v, ok := strings.CutPrefix(part, "q="); ok {
					n, _ = strconv.Atoi(v) // what is no number says nothing
				}
			}
			if named && n > 0 {
				return n
			}
		}
	}
	return 0
}

// notice remembers what the Hub says of its quotas.
func (c *Client) notice(at *url.URL, h http.Header) {
	if c.ours(at) {
		c.pace.notice(time.Now(), h)
	}
}

// holdBack waits until a request to at may go without using up the quota that it counts against.
func (c *Client) holdBack(ctx context.Context, op string, at *url.URL) error {
	if !c.ours(at) {
		return nil
	}
	kind, now := quotaOf(at), time.Now()
	for told := false; ; told = true {
		d, empty := c.pace.depart(now, kind)
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

// quotaOf returns the name under which the Hub counts a request.
func quotaOf(u *url.URL) string {
	switch {
	case strings.Contains(u.Path, "/resolve/") || strings.HasPrefix(u.Path, "/api/resolve-cache/"):
		return "resolvers"
	case strings.Contains(u.Path, "/api/"):
		return "api"
	}
	return "pages"
}
