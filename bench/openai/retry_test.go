package openai

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// TestDo_retry: what was asked for is tried again, counted, and timed from the first attempt on; nothing else is.
func TestDo_retry(t *testing.T) {
	busy := func(c *rawConn) { c.send("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nbusy") }
	onEngines(t, func(t *testing.T, engine string) {
		for name, tt := range map[string]struct {
			retry    Retry
			fails    int // so many requests
			how      func(c *rawConn)
			kind     Kind // "" is an answer
			attempts int
		}{
			"once":               {Retry{Max: 3, Statuses: []int{429}}, 1, busy, "", 2},
			"as often as it may": {Retry{Max: 2, Statuses: []int{429, 503}}, 9, busy, KindHTTP, 3},
			"off":                {Retry{Statuses: []int{429}}, 9, busy, KindHTTP, 1},
			"another status":     {Retry{Max: 3, Statuses: []int{503}}, 9, busy, KindHTTP, 1},
			"another kind":       {Retry{Max: 3, Kinds: []Kind{KindReset}}, 9, busy, KindHTTP, 1},
			"closed":             {Retry{Max: 3, Kinds: []Kind{KindReset}}, 2, func(*rawConn) {}, "", 3},
			"part of an answer":  {Retry{Max: 3, Kinds: []Kind{KindTruncated}}, 9, func(c *rawConn) { c.send(headChunked); c.chunk(content("a")) }, KindTruncated, 1},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel() // they wait
				var served atomic.Int64
				s := serve(t, func(_ int, c *rawConn) {
					for _, _, ok := c.request(); ok; _, _, ok = c.request() {
						if served.Add(1) <= int64(tt.fails) {
							if tt.how(c); tt.kind != KindHTTP && name != "once" {
								return
							}
							continue
						}
						c.goodAnswer()
					}
				})
				c := testClient(t, Config{Engine: engine, BaseURL: s.URL, Retry: tt.retry})
				before := c.clock.now()
				r := do(t.Context(), c)
				if tt.kind == "" {
					want(t, r)
				} else if r.Err == nil || r.Err.Kind != tt.kind {
					t.Errorf("%+v: %v", r, r.Err)
				}
				if r.Attempts != tt.attempts || r.Retries != tt.attempts-1 || int(served.Load()) != tt.attempts {
					t.Errorf("%d attempts, %d of them retries; %d seen", r.Attempts, r.Retries, served.Load())
				}
				if pause := firstBackoff / 2; r.Retries > 0 && (r.Done-r.Sent < int64(pause) || r.Sent-before > int64(pause)) {
					t.Errorf("began at %d, sent at %d, done at %d", before, r.Sent, r.Done)
				}
				if r.Err == nil && (len(r.ErrorBody) > 0 || r.HTTPStatus != 200) {
					t.Errorf("the answer has the remains of a failure: %+v", r)
				}
			})
		}
	})
}

// TestDo_retryRefused: a server that does not listen yet.
func TestDo_retryRefused(t *testing.T) {
	c := testClient(t, Config{BaseURL: closedPort(t), Retry: Retry{Max: 1, Kinds: []Kind{KindRefused}}})
	if r := do(t.Context(), c); r.Err == nil || r.Err.Kind != KindRefused || r.Attempts != 2 || r.Retries != 1 {
		t.Errorf("%+v: %v", r, r.Err)
	}
}

// TestDo_retryEnds: neither the end of the benchmark nor the time limit waits for a pause to be over.
func TestDo_retryEnds(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "200")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer s.Close()
	retry := Retry{Max: 5, Statuses: []int{503}}
	r := do(t.Context(), testClient(t, Config{BaseURL: s.URL, Retry: retry, Timeout: 50 * time.Millisecond, FirstTokenTimeout: 40 * time.Millisecond}))
	if r.Err == nil || r.Err.Kind != KindTimeoutTotal || r.Attempts != 1 {
		t.Errorf("%+v: %v", r, r.Err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if r = do(ctx, testClient(t, Config{BaseURL: s.URL, Retry: retry})); r.Err == nil || r.Err.Kind != KindCancelled {
		t.Errorf("%+v: %v", r, r.Err)
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for s, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-3": 0, "soon": 0, "1.5": 0,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second,
		"Fri, 02 Jan 2026 03:04:00 GMT": 0,
		"9223372036854775807":           maxRetryAfter + time.Second,
		"99999999999999999999":          0,
	} {
		if got := parseRetryAfter(s, now); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// TestBackoff: pauses grow, and have an end.
func TestBackoff(t *testing.T) {
	for n := range 100 {
		if d := backoff(n); d < firstBackoff/2 || d > 3*maxBackoff/2 || n > 8 && d < maxBackoff/2 {
			t.Errorf("%d: %v", n, d)
		}
	}
}
