package hubtest

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"
)

// Quota is how many requests each token, and everybody without one, may make in a window of time. The window starts
// with the first request and starts anew with the first after its end.
type Quota struct {
	API     int           // requests to [API]; 0 means no limit
	Resolve int           // requests to [Resolve]; 0 means no limit
	Window  time.Duration // 0 means 5 minutes, as on the Hub
}

// Limits that an anonymous user of the Hub has.
const (
	anonymousAPI     = 500
	anonymousResolve = 3000
	anonymousWindow  = 5 * time.Minute
)

// meter holds the windows under way.
type meter struct {
	mu      sync.Mutex
	windows map[windowKey]*window
}

type windowKey struct {
	route         Route
	authorization string
}

type window struct {
	ends time.Time
	used int
}

// pass sets the headers that the Hub sends with every answer, and reports whether the quota lets the request through.
// Without a quota of its own, a route says what an anonymous user reads with a first request, and counts nothing.
func (h *Hub) pass(hd http.Header, route Route, req *http.Request) bool {
	kind, limit, usual := "api", h.opts.Quota.API, anonymousAPI
	if route == Resolve {
		kind, limit, usual = "resolvers", h.opts.Quota.Resolve, anonymousResolve
	}
	length := cmp.Or(h.opts.Quota.Window, anonymousWindow)
	if limit <= 0 {
		limitHeaders(hd, kind, usual, usual-1, anonymousWindow, anonymousWindow)
		return true
	}
	left, wait := h.meter.use(windowKey{route, req.Header.Get("Authorization")}, limit, length, h.now())
	limitHeaders(hd, kind, limit, max(left, 0), wait, length)
	return left >= 0
}

// use takes one request of a window; left is negative when there was none to take.
func (m *meter) use(key windowKey, limit int, length time.Duration, now time.Time) (left int, wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.windows[key]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(length)}
		m.windows[key] = w
	}
	if w.used >= limit {
		return -1, w.ends.Sub(now)
	}
	w.used++
	return limit - w.used, w.ends.Sub(now)
}

func limitHeaders(hd http.Header, kind string, limit, left int, wait, length time.Duration) {
	hd.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", kind, left, seconds(wait)))
	hd.Set("RateLimit-Policy", fmt.Sprintf(`"fixed window";%q;q=%d;w=%d`, kind, limit, seconds(length)))
}

// seconds rounds up: who waits so long has waited long enough.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
