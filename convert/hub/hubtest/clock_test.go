package hubtest_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// clock goes when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestHub_linkLifetime(t *testing.T) {
	c := newClock()
	s := start(t, hubtest.Options{LinkLifetime: 1500 * time.Millisecond, Now: c.now})
	link := func() string {
		resp, _ := ask(t, "GET", s.URL+"/datasets/org/name/resolve/main/data/a%20b%23%C3%A9.parquet")
		return resp.Header.Get("Location")
	}
	first := link()
	if !strings.Contains(first, "Expires=1785585601") {
		t.Errorf("%s does not say when it ends", first)
	}
	if resp, body := ask(t, "GET", first, "Range", "bytes=0-3"); resp.StatusCode != 206 || body != "PAR1" {
		t.Errorf("a new link: %d %q", resp.StatusCode, body)
	}
	c.advance(1499 * time.Millisecond)
	if resp, _ := ask(t, "GET", first, "Range", "bytes=4-7"); resp.StatusCode != 206 {
		t.Errorf("at the end of its life: %d", resp.StatusCode)
	}
	c.advance(time.Millisecond)
	if resp, body := ask(t, "GET", first, "Range", "bytes=8-"); resp.StatusCode != 403 || !strings.Contains(body, "<Code>AccessDenied</Code>") || resp.Header.Get("Content-Type") != "application/xml" {
		t.Errorf("after its life: %d %q", resp.StatusCode, body)
	}
	second := link()
	if resp, body := ask(t, "GET", second, "Range", "bytes=8-"); resp.StatusCode != 206 || body != parquet[8:] {
		t.Errorf("a second link: %d %q", resp.StatusCode, body)
	}
	longer := strings.ReplaceAll(strings.ReplaceAll(second, "1785585603", "1985585603"), "Policy=17", "Policy=19")
	if resp, _ := ask(t, "GET", longer); longer == second || resp.StatusCode != 403 {
		t.Errorf("a link that was made to live longer: %d", resp.StatusCode)
	}
}

func TestHub_quota(t *testing.T) {
	c := newClock()
	s := start(t, hubtest.Options{Quota: hubtest.Quota{API: 2, Resolve: 1, Window: time.Minute}, Now: c.now})
	const api, file = "/api/datasets/org/name", "/datasets/org/name/resolve/main/README.md"
	for i, step := range []struct {
		wait   time.Duration
		path   string
		auth   string
		status int
		limit  string
	}{
		{0, api, "", 200, `"api";r=1;t=60`},
		{1500 * time.Millisecond, api, "", 200, `"api";r=0;t=59`},
		{0, api, "", 429, `"api";r=0;t=59`},
		{0, api, "Bearer other", 200, `"api";r=1;t=60`},
		{0, file, "", 307, `"resolvers";r=0;t=60`},
		{58 * time.Second, api, "", 429, `"api";r=0;t=1`},
		{500 * time.Millisecond, api, "", 200, `"api";r=1;t=60`},
		{0, file, "", 429, `"resolvers";r=0;t=2`},
	} {
		c.advance(step.wait)
		var header []string
		if step.auth != "" {
			header = []string{"Authorization", step.auth}
		}
		resp, _ := ask(t, "GET", s.URL+step.path, header...)
		if got := resp.Header.Get("RateLimit"); resp.StatusCode != step.status || got != step.limit {
			t.Errorf("step %d: %d, %s; want %d, %s", i, resp.StatusCode, got, step.status, step.limit)
		}
		if p := resp.Header.Get("RateLimit-Policy"); !strings.Contains(p, ";w=60") {
			t.Errorf("step %d: policy %s", i, p)
		}
	}
}
