package openai

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// own is a client on http1.
func own(t *testing.T, cfg Config) *Client {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("not on this system")
	}
	cfg.Engine = EngineHTTP1
	return testClient(t, cfg)
}

// TestNew_engine: which engine a configuration gets, and which it cannot have.
func TestNew_engine(t *testing.T) {
	best := EngineHTTP1
	if runtime.GOOS != "linux" {
		best = EngineNetHTTP
	}
	for name, tt := range map[string]struct {
		cfg  Config
		want string // "" is an error
	}{
		"plain":           {Config{BaseURL: "http://127.0.0.1:8000"}, best},
		"tls":             {Config{BaseURL: "https://api.example.test/v1"}, best},
		"IPv6":            {Config{BaseURL: "http://[::1]:8000"}, best},
		"asked for":       {Config{BaseURL: "http://127.0.0.1:8000", Engine: EngineNetHTTP}, EngineNetHTTP},
		"IPv6 zone":       {Config{BaseURL: "http://[fe80::1%25eth0]:8000"}, EngineNetHTTP},
		"name in Unicode": {Config{BaseURL: "http://bücher.test"}, EngineNetHTTP},
		"Host":            {Config{BaseURL: "http://x", Header: map[string]string{"Host": "bücher.test"}}, EngineNetHTTP},
		"Connection":      {Config{BaseURL: "http://x", Header: map[string]string{"connection": "close"}}, EngineNetHTTP},
		"not for it":      {Config{BaseURL: "http://x", Engine: EngineHTTP1, Header: map[string]string{"Expect": "100-continue"}}, ""},
		"unknown":         {Config{BaseURL: "http://x", Engine: "epoll"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := New(tt.cfg)
			switch {
			case tt.want == "" && (err == nil || !strings.Contains(err.Error(), "engine")):
				t.Errorf("got %v, want an error that speaks of the engine", err)
			case tt.want != "" && err != nil:
				t.Error(err)
			case tt.want != "" && c.Engine() != tt.want:
				t.Errorf("got %s, want %s", c.Engine(), tt.want)
			}
		})
	}
}

// noticed waits until the idle connection of the client has something to read: what the server did has arrived.
func noticed(t *testing.T, c *Client) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; runtime.Gosched() {
		c.own.idle.mu.Lock()
		n := len(c.own.idle.lines)
		gone := n == 1 && !c.own.idle.lines[0].alive()
		c.own.idle.mu.Unlock()
		if gone {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d idle connections, none with anything to read", n)
		}
	}
}

// TestHTTP1_closedWhileIdle: a connection that the server has closed, or on which it has said something unasked, is not
// used again; no attempt is spent on it.
func TestHTTP1_closedWhileIdle(t *testing.T) {
	for name, end := range map[string]func(c *rawConn){
		"closed":  func(*rawConn) {},
		"reset":   (*rawConn).reset,
		"unasked": func(c *rawConn) { c.send("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"); c.request() },
	} {
		t.Run(name, func(t *testing.T) {
			idle := make(chan struct{})
			s := serve(t, func(n int, c *rawConn) {
				for _, _, ok := c.request(); ok; _, _, ok = c.request() {
					c.goodAnswer()
					if n == 0 {
						<-idle
						end(c)
						return
					}
				}
			})
			c := own(t, Config{BaseURL: s.URL})
			first := do(t.Context(), c)
			close(idle)
			noticed(t, c)
			second := do(t.Context(), c)
			third := do(t.Context(), c)
			if first.Err != nil || second.Err != nil || third.Err != nil {
				t.Fatal(first.Err, second.Err, third.Err)
			}
			if second.Attempts != 1 || second.Reused || !third.Reused {
				t.Errorf("second: %d attempts, reused %v; third: reused %v", second.Attempts, second.Reused, third.Reused)
			}
		})
	}
}

// TestHTTP1_notKept: a connection after whose answer nothing can be read in step is not used again.
func TestHTTP1_notKept(t *testing.T) {
	stream := content("a") + "data: [DONE]\n\n"
	for name, answer := range map[string]string{
		"asked to close":    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(stream) + "0\r\n\r\n",
		"version 1.0":       "HTTP/1.0 200 OK\r\nContent-Length: 63\r\n\r\n",
		"more than it said": headChunked + chunked(stream) + "0\r\n\r\nHTTP/1.1",
		"switched":          "HTTP/1.1 101 Switching Protocols\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(_ int, c *rawConn) {
				for _, _, ok := c.request(); ok; _, _, ok = c.request() {
					c.send(answer)
				}
			})
			c := own(t, Config{BaseURL: s.URL, Timeout: 20 * time.Millisecond})
			for range 2 {
				if r := do(t.Context(), c); r.Reused {
					t.Errorf("%+v", r)
				}
			}
			if n := len(c.own.idle.lines); n > 0 {
				t.Errorf("%d connections kept", n)
			}
		})
	}
}

// TestDo_badID: an ID that would be another header is not sent.
func TestDo_badID(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		s := serve(t, func(_ int, c *rawConn) {
			if _, _, ok := c.request(); ok {
				t.Error("the request was sent")
			}
		})
		var r Response
		testClient(t, Config{Engine: engine, BaseURL: s.URL}).Do(t.Context(), &Request{ID: "a\r\nb: c", Body: []byte("{}")}, &r)
		if r.Err == nil || r.Err.Kind != KindOther || r.Connected != 0 {
			t.Errorf("%+v: %v", r, r.Err)
		}
	})
}

// TestHTTP1_upload: a body of any length arrives whole, and leaves the connection in use.
func TestHTTP1_upload(t *testing.T) {
	onEngines(t, func(t *testing.T, engine string) {
		got := make(chan []byte, 1)
		s := serve(t, func(_ int, c *rawConn) {
			for _, body, ok := c.request(); ok; _, body, ok = c.request() {
				got <- body
				c.goodAnswer()
			}
		})
		c := testClient(t, Config{Engine: engine, BaseURL: s.URL})
		for i, size := range []int{0, 1, inlineBody, inlineBody + 1, 8 << 20} {
			var r Response
			body := bytes.Repeat([]byte{'a' + byte(i)}, size)
			c.Do(t.Context(), &Request{Body: body}, &r)
			if r.Err != nil || r.Reused != (i > 0) {
				t.Fatalf("%d bytes: %+v: %v", size, r, r.Err)
			}
			if !bytes.Equal(<-got, body) {
				t.Errorf("%d bytes did not arrive as they were sent", size)
			}
		}
	})
}

// TestTransmission_done: a write that ends just after the answer has ended in time to keep the connection.
func TestTransmission_done(t *testing.T) {
	for end, want := range map[time.Duration]bool{writeMoment / 2: true, 2 * writeMoment: false} {
		synctest.Test(t, func(t *testing.T) {
			up := transmission{sent: make(chan struct{})}
			time.AfterFunc(end, func() { close(up.sent) })
			if got := up.done(); got != want {
				t.Errorf("ends after %v: %v", end, got)
			}
			<-up.sent
		})
	}
}

// TestHTTP1_earlyAnswer: an answer that comes before the server has read the request is read, though the server never
// reads on; the connection is not used again.
func TestHTTP1_earlyAnswer(t *testing.T) {
	s := serve(t, func(_ int, c *rawConn) {
		if _, err := http.ReadRequest(c.in); err == nil {
			c.goodAnswer()
			<-t.Context().Done() // which is before the server waits for its connections
		}
	})
	c := own(t, Config{BaseURL: s.URL})
	var r Response
	body := make([]byte, 32<<20)
	c.Do(t.Context(), &Request{Body: body}, &r)
	clear(body) // for the race detector
	if r.Err != nil || string(r.Text) != "ab" || len(c.own.idle.lines) > 0 {
		t.Errorf("%+v: %v, %d kept", r, r.Err, len(c.own.idle.lines))
	}
}

// TestHTTP1_waitsForEither: a request that may not dial yet takes a connection that another one has done with.
func TestHTTP1_waitsForEither(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	s := serve(t, func(_ int, c *rawConn) {
		for _, _, ok := c.request(); ok; _, _, ok = c.request() {
			asked <- struct{}{}
			<-release
			c.goodAnswer()
		}
	})
	c := own(t, Config{BaseURL: s.URL})
	c.own.dials = make(chan struct{}, 1)
	dial, dialling := c.own.dial, make(chan struct{})
	var dials atomic.Int32
	c.own.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.Add(1) == 1 {
			return dial(ctx, network, addr)
		}
		close(dialling)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if r := do(t.Context(), c); r.Err != nil || r.Reused {
			t.Errorf("first: %+v: %v", r, r.Err)
		}
	})
	<-asked
	wg.Go(func() {
		if r := do(ctx, c); r.Err == nil || r.Err.Kind != KindCancelled {
			t.Errorf("the one that dials for ever: %+v", r)
		}
	})
	<-dialling
	wg.Go(func() {
		if r := do(t.Context(), c); r.Err != nil || !r.Reused || r.Attempts != 1 {
			t.Errorf("the one that waits: %+v: %v", r, r.Err)
		}
		cancel()
	})
	close(release)
	<-asked
	wg.Wait()
}

// TestIdleLines: the line used last comes first, too many and too old ones are closed.
func TestIdleLines(t *testing.T) {
	now := time.Now()
	pool := idleLines{most: 2, clock: clock{now.Add(-time.Hour)}}
	lines := make([]*line, 4)
	closed := func(l *line) bool { return l.conn.Conn.(*scripted).closed }
	for i := range lines {
		lines[i] = newLine(script())
	}
	pool.put(lines[0])
	pool.put(lines[1])
	pool.put(lines[2])
	if !closed(lines[0]) || closed(lines[1]) || closed(lines[2]) {
		t.Error("of three, two are to be kept, the last ones")
	}
	if l := pool.take(); l != lines[2] {
		t.Error("the line used last is to come first")
	}
	lines[1].since -= int64(2 * maxIdle)
	if l := pool.take(); l != nil || !closed(lines[1]) {
		t.Error("a line idle for too long is not to be used")
	}
	pool.put(lines[2])
	lines[2].since -= int64(2 * maxIdle)
	pool.put(lines[3])
	if !closed(lines[2]) || closed(lines[3]) {
		t.Error("a line idle for too long is not to be kept")
	}
	pool.closeAll()
	if !closed(lines[3]) || pool.take() != nil {
		t.Error("all were to be closed")
	}
}

// TestHTTP1_dialError: the error of a connection that cannot be made is the dialer's.
func TestHTTP1_dialError(t *testing.T) {
	c := own(t, Config{BaseURL: "http://127.0.0.1:1"})
	c.own.dial = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: io.ErrClosedPipe}
	}
	if r := do(t.Context(), c); r.Err == nil || r.Err.Kind != KindConnect || r.Connected != 0 || r.Attempts != 1 {
		t.Errorf("%+v: %v", r, r.Err)
	}
}
