package openai

import (
	"bytes"
	"context"
	"net"
	"testing"
)

// TestDo_staleConnection: a kept connection that the server closes, before it has read the request that is under way to
// it, is replaced, once, and counted.
func TestDo_staleConnection(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		requests := make(chan struct{}, 8)
		s := serve(t, func(n int, c *rawConn) {
			<-requests
			if _, _, ok := c.request(); !ok {
				return
			}
			c.goodAnswer()
			<-requests // which it does not read
			if n > 0 {
				c.request()
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		announceWrites(c, requests)
		first := do(t.Context(), c)
		before := c.clock.now()
		second := do(t.Context(), c)
		close(requests)
		if first.Err != nil || first.Attempts != 1 || first.Reused {
			t.Errorf("first: %+v", first)
		}
		if second.Err != nil || second.Attempts != 2 || second.Reused || string(second.Text) != "ab" {
			t.Errorf("second: %+v: %v", second, second.Err)
		}
		if second.Sent <= before || second.Connected < second.Sent {
			t.Errorf("the clock did not restart: began at %d, sent %d, connected %d", before, second.Sent, second.Connected)
		}
		ordered(t, second)
	})
}

// announceWrites makes the client tell of each request that it has written.
func announceWrites(c *Client, requests chan<- struct{}) {
	dialWith(c, func(ctx context.Context, network, addr string) (net.Conn, error) {
		raw, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		sock, err := newSocket(raw, c.clock)
		return &conn{Conn: announcing{sock, requests}, sock: sock}, err
	})
	c.http.fresh().DialContext = c.http.kept.DialContext
}

type announcing struct {
	net.Conn
	requests chan<- struct{}
}

func (a announcing) Write(b []byte) (int, error) {
	n, err := a.Conn.Write(b)
	if bytes.HasSuffix(b, []byte("}")) {
		a.requests <- struct{}{}
	}
	return n, err
}

// TestDo_takenRequest: a server that has read the request on a kept connection, and closes it without an answer, cannot be
// told from one that had closed before.
func TestDo_takenRequest(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(n int, c *rawConn) {
			if _, _, ok := c.request(); !ok {
				return
			}
			c.goodAnswer()
			if n == 0 {
				_, _, _ = c.request() // and closes without an answer
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		do(t.Context(), c)
		r := do(t.Context(), c)
		if r.Err != nil || r.Attempts != 2 || r.Reused {
			t.Errorf("%+v: %v", r, r.Err)
		}
		ordered(t, r)
	})
}

// TestDo_closesAfterEach: a server that promises to keep connections and closes each after its answer causes no
// failure, however the close and the next request meet.
func TestDo_closesAfterEach(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			if _, _, ok := c.request(); ok {
				c.goodAnswer()
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		var r Response
		for range 200 {
			c.Do(t.Context(), &Request{Body: []byte("{}")}, &r)
			if r.Err != nil || r.Attempts > 2 {
				t.Fatalf("%+v", r)
			}
		}
	})
}

// TestDo_noRetry: what is not a stale connection is not tried again.
func TestDo_noRetry(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		for name, tt := range map[string]struct {
			warm bool
			end  func(c *rawConn)
			kind Kind
		}{
			"new connection closed":       {false, func(*rawConn) {}, KindReset},
			"new connection reset":        {false, (*rawConn).reset, KindReset},
			"kept, part of a header came": {true, func(c *rawConn) { c.send("HTTP/1.1 200 O") }, KindReset},
			"kept, header came":           {true, func(c *rawConn) { c.send(headChunked) }, KindTruncated},
		} {
			t.Run(name, func(t *testing.T) {
				s := serve(t, func(_ int, c *rawConn) {
					if tt.warm {
						c.request()
						c.goodAnswer()
					}
					if _, _, ok := c.request(); ok {
						tt.end(c)
					}
				})
				c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
				if tt.warm {
					do(t.Context(), c)
				}
				r := do(t.Context(), c)
				if r.Err == nil || r.Err.Kind != tt.kind || r.Attempts != 1 || r.Reused != tt.warm {
					t.Errorf("%+v: %v", r, r.Err)
				}
				ordered(t, r)
			})
		}
	})
}
