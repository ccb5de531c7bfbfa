// Package quota spreads requests over time so that the Hub's quotas of them last.
package quota

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

// Pacer spreads requests so that a quota of the Hub lasts until it starts anew. Each answer of the Hub says how many
// requests of a kind are left and for how long; when those become few, requests keep a distance, which grows as they
// become fewer, and when none is left the next waits for the new window. The zero value is ready; it is safe for
// concurrent use.
type Pacer struct {
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

// Notice takes in the headers of an answer.
func (p *Pacer) Notice(now time.Time, h http.Header) {
	l, ok := wire.ParseRateLimit(h.Get("RateLimit"))
	if !ok || !slices.Contains(kinds, l.Kind) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quotas == nil {
		p.quotas = map[string]*quota{}
	}
	q := p.quotas[l.Kind]
	if q == nil || !now.Before(q.reset) { // the first answer of a window
		q = &quota{left: l.Left}
		p.quotas[l.Kind] = q
	}
	q.left = min(q.left, l.Left) // the Hub has not seen those on their way, and may have seen another program's
	q.size = wire.PolicyQuota(h.Values("RateLimit-Policy"), l.Kind)
	q.reset = now.Add(l.Reset + time.Second) // the server's seconds are rounded
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

// Depart counts a request of a kind as sent, or returns how long it has to wait before it may try again; empty says that
// the quota is used up.
func (p *Pacer) Depart(now time.Time, kind string) (wait time.Duration, empty bool) {
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

// kinds are what Kind returns; nothing is remembered of others, which a server could make up without end.
var kinds = []string{"resolvers", "api", "pages"}

// Kind returns the name under which the Hub counts a request.
func Kind(u *url.URL) string {
	switch {
	case strings.Contains(u.Path, "/resolve/") || strings.HasPrefix(u.Path, "/api/resolve-cache/"):
		return "resolvers"
	case strings.Contains(u.Path, "/api/"):
		return "api"
	}
	return "pages"
}
