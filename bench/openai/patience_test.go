package openai

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// TestDo_timeouts: each limit has a kind of its own, whatever the server does to pass the time, and what came before is
// kept.
func TestDo_timeouts(t *testing.T) {
	const short = 20 * time.Millisecond
	ping := func(c *rawConn) { // until the client goes
		for {
			if _, err := io.WriteString(c, "7\r\n: ping\n\r\n"); err != nil {
				return
			}
		}
	}
	onEngines(t, func(t *testing.T, engine string) {
		for name, tt := range map[string]struct {
			cfg    Config
			answer func(c *rawConn)
			kind   Kind // "" is an answer
			tokens int
		}{
			"no header":           {Config{FirstTokenTimeout: short}, func(*rawConn) {}, KindTimeoutFirstToken, 0},
			"no token":            {Config{FirstTokenTimeout: short, TokenTimeout: time.Hour}, func(c *rawConn) { c.send(headChunked); ping(c) }, KindTimeoutFirstToken, 0},
			"role is no token":    {Config{FirstTokenTimeout: short}, func(c *rawConn) { c.send(headChunked); c.chunk(content("")) }, KindTimeoutFirstToken, 0},
			"no second token":     {Config{TokenTimeout: short}, func(c *rawConn) { c.send(headChunked); c.chunk(content("a")) }, KindTimeoutToken, 1},
			"pings, then nothing": {Config{FirstTokenTimeout: time.Hour, TokenTimeout: short}, func(c *rawConn) { c.send(headChunked); c.chunk(content("a")); ping(c) }, KindTimeoutToken, 1},
			"the sooner":          {Config{FirstTokenTimeout: short, TokenTimeout: short, Timeout: time.Hour}, func(*rawConn) {}, KindTimeoutFirstToken, 0},
			"total":               {Config{FirstTokenTimeout: time.Hour, TokenTimeout: time.Hour, Timeout: short}, func(*rawConn) {}, KindTimeoutTotal, 0},
			"in time":             {Config{FirstTokenTimeout: time.Hour, TokenTimeout: time.Hour, Timeout: time.Hour}, (*rawConn).goodAnswer, "", 2},
		} {
			t.Run(name, func(t *testing.T) {
				s := serve(t, func(_ int, c *rawConn) {
					if _, _, ok := c.request(); ok {
						tt.answer(c)
						c.request()
					}
				})
				tt.cfg.Engine, tt.cfg.BaseURL = engine, s.URL
				r := do(t.Context(), testClient(t, tt.cfg))
				var kind Kind
				if r.Err != nil {
					kind = r.Err.Kind
				}
				if kind != tt.kind || len(r.Chunks) != tt.tokens || kind != "" && !errors.Is(r.Err, context.DeadlineExceeded) {
					t.Errorf("%+v: %v", r, r.Err)
				}
				ordered(t, r)
			})
		}
	})
}

// TestDo_tokensInTime: a stream may take any multiple of what one of its tokens may.
func TestDo_tokensInTime(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		const limit, tokens = 200 * time.Millisecond, 25
		s := serve(t, func(_ int, c *rawConn) {
			if _, _, ok := c.request(); !ok {
				return
			}
			c.send(headChunked)
			tick := time.NewTicker(limit / 10)
			defer tick.Stop()
			for range tokens {
				<-tick.C
				c.chunk(content("x"))
			}
			c.chunk("data: [DONE]\n\n")
			c.send("0\r\n\r\n")
		})
		r := do(t.Context(), testClient(t, Config{Engine: engine, BaseURL: s.URL, FirstTokenTimeout: limit, TokenTimeout: limit}))
		if r.Err != nil && time.Duration(r.Done-r.LastToken) < limit || r.Err == nil && len(r.Chunks) != tokens {
			t.Errorf("%+v: %v", r, r.Err)
		}
	})
}

// TestDo_connectTimeout: neither a handshake that goes nowhere nor a queue that is full holds a request for longer.
func TestDo_connectTimeout(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		silent := serve(t, func(_ int, c *rawConn) { _, _ = io.Copy(io.Discard, c) })
		for _, cfg := range []Config{{BaseURL: "https" + silent.URL[4:]}, {BaseURL: "https" + silent.URL[4:], HTTP2: true}} {
			if cfg.Engine = engine; cfg.HTTP2 {
				cfg.Engine = EngineNetHTTP
			}
			cfg.ConnectTimeout = 20 * time.Millisecond
			r := do(t.Context(), testClient(t, cfg))
			if r.Err == nil || r.Err.Kind != KindTimeoutConnect || r.Connected != 0 || !errors.Is(r.Err, context.DeadlineExceeded) {
				t.Errorf("%+v: %v", r, r.Err)
			}
		}
		full := testClient(t, Config{Engine: engine, ConnectTimeout: 20 * time.Millisecond})
		full.http.kept.DialContext = stuck(full)
		full.own.dial = full.http.kept.DialContext
		if r := do(t.Context(), full); r.Err == nil || r.Err.Kind != KindTimeoutConnect {
			t.Errorf("%+v: %v", r, r.Err)
		}
	})
}

// stuck dials as to a host that does not answer.
func stuck(c *Client) func(context.Context, string, string) (net.Conn, error) {
	d := &dialer{limit: c.limits.connect, clock: c.clock}
	d.net.ControlContext = nil
	d.net.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.plain(ctx, network, "host.test:80")
	}
}
