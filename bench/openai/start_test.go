package openai

import (
	"context"
	"io"
	"testing"
	"time"
)

// TestStart: a request is started on a connection that is idle, and is then like any other.
func TestStart(t *testing.T) {
	s := serve(t, func(_ int, c *rawConn) {
		for _, _, ok := c.request(); ok; _, _, ok = c.request() {
			c.goodAnswer()
		}
	})
	c := own(t, Config{BaseURL: s.URL, Timeout: time.Minute})
	req, resp := &Request{ID: "r-1", Body: []byte("{}")}, new(Response)
	if _, ok := c.Start(t.Context(), req, resp); ok {
		t.Fatal("started without a connection")
	}
	c.Do(t.Context(), req, resp)
	for range 3 {
		before := c.clock.now()
		p, ok := c.Start(t.Context(), req, resp)
		after := c.clock.now()
		if !ok {
			t.Fatal("not started on an idle connection")
		}
		if p2, ok := c.Start(t.Context(), req, new(Response)); ok {
			p2.Finish()
			t.Fatal("two requests started on one connection")
		}
		p.Finish()
		if resp.Err != nil || string(resp.Text) != "ab" || !resp.Reused || resp.Attempts != 1 {
			t.Fatalf("%+v: %v", resp, resp.Err)
		}
		if resp.Sent < before || resp.Connected < resp.Sent || resp.Connected > after {
			t.Errorf("sent %d, connected %d, but started between %d and %d", resp.Sent, resp.Connected, before, after)
		}
		ordered(t, resp)
	}
	if _, ok := c.Start(t.Context(), &Request{Body: make([]byte, inlineBody+1)}, resp); ok {
		t.Error("started a request that may have to wait")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := c.Start(over, req, resp); ok {
		t.Error("started a request that was cancelled")
	}
	if _, ok := testClient(t, Config{Engine: EngineNetHTTP}).Start(t.Context(), req, resp); ok {
		t.Error("started on net/http")
	}
}

// TestStart_failures: what goes wrong after the start is what it would have been in Do.
func TestStart_failures(t *testing.T) {
	for name, tt := range map[string]struct {
		end      func(c *rawConn) // of the connection on which the request was started
		cancel   bool
		kind     Kind // "" is none
		attempts int
	}{
		"stale":     {func(*rawConn) {}, false, "", 2},
		"taken":     {func(c *rawConn) { c.request() }, false, "", 2},
		"cut":       {func(c *rawConn) { c.request(); c.send(headChunked) }, false, KindTruncated, 1},
		"cancelled": {func(c *rawConn) { _, _ = io.Copy(io.Discard, c) }, true, KindCancelled, 1},
	} {
		t.Run(name, func(t *testing.T) {
			started := make(chan struct{})
			s := serve(t, func(n int, c *rawConn) {
				c.request()
				c.goodAnswer()
				if n == 0 {
					<-started
					tt.end(c)
				}
			})
			c := own(t, Config{BaseURL: s.URL})
			req, resp := &Request{Body: []byte("{}")}, new(Response)
			c.Do(t.Context(), req, resp)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p, ok := c.Start(ctx, req, resp)
			close(started)
			if !ok {
				t.Fatal("not started")
			}
			if tt.cancel {
				cancel()
			}
			p.Finish()
			var kind Kind
			if resp.Err != nil {
				kind = resp.Err.Kind
			}
			if kind != tt.kind || resp.Attempts != tt.attempts {
				t.Errorf("%+v: %v", resp, resp.Err)
			}
		})
	}
}
