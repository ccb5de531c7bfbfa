package mock

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/promptmill/promptmill/bench/rxtime"
)

// A conn reads requests from one connection, one after the other. Its goroutine spends a stream's time waiting to
// read, and so hears at once when the client leaves.
type conn struct {
	srv   *Server
	wire  *wire
	meter meter
	br    *bufio.Reader
	rx    *rxtime.Conn // what br reads, where the arrival of requests is recorded; else nil

	active   *stream // the last one started; its goroutine's own
	answered int     // responses that ended. Two are never under way at a time
}

// meter lets no more than left bytes through.
type meter struct {
	r    io.Reader
	left int64
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLarge
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{srv: s, meter: meter{r: nc}}
	c.wire = newWire(nc, s.wg.Go)
	if s.cfg.RecordSends {
		c.recordArrivals(nc)
	}
	c.br = bufio.NewReaderSize(&c.meter, 4096)
	return c
}

// recordArrivals reads nc, if it is a socket, with the kernel's times.
func (c *conn) recordArrivals(nc net.Conn) {
	rx, err := rxtime.New(nc)
	if err != nil {
		return
	}
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			_ = rxtime.Enable("", "", raw) // fails only on a dead connection
		}
	}
	c.rx, c.meter.r = rx, rx
}

// arrived is when the last bytes read arrived, in nanoseconds since 1970; 0 is unknown.
func (c *conn) arrived() int64 {
	if c.rx == nil {
		return 0
	}
	at, _ := c.rx.Received()
	return at
}

// serve answers requests until the connection ends.
func (c *conn) serve() {
	defer c.leave()
	c.idleDeadline()
	for {
		c.meter.left = maxHeader
		if _, err := c.br.Peek(1); err != nil {
			return
		}
		if !c.settle() {
			return
		}
		if c.srv.cfg.KeepAliveTimeout > 0 {
			_ = c.wire.nc.SetReadDeadline(time.Time{}) // fails only on a dead connection
		}
		req, err := http.ReadRequest(c.br)
		if err != nil {
			c.respondBad(err)
			return
		}
		if !c.take(req) {
			return
		}
	}
}

// settle waits for the end of the response under way: the client sent its next request before it had that one.
func (c *conn) settle() bool {
	if c.active == nil {
		return true
	}
	select {
	case <-c.active.over:
		c.active = nil
		return true
	case <-c.wire.gone:
		return false
	}
}

// take reads the rest of a request and answers it, or starts to. False says that nothing can follow on the
// connection.
func (c *conn) take(req *http.Request) bool {
	c.meter.left = maxBody + maxHeader // with room for the chunked coding
	if req.Header.Get("Expect") == "100-continue" {
		c.wire.send([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, maxBody))
	if err != nil {
		c.respondBad(err)
		return false
	}
	c.srv.handle(&call{conn: c, req: req, body: body, received: time.Now(), arrived: c.arrived()})
	return true
}

// leave is the end of the connection and of what is under way on it.
func (c *conn) leave() {
	if c.active != nil {
		c.active.cancel()
	}
	c.wire.await() // a refusal may still be on its way out
	c.wire.abort(false)
	c.srv.forget(c)
}

// respond sends the end of a response, or all of it.
func (c *conn) respond(b []byte, closing bool) {
	c.answered++
	after := c.srv.cfg.CloseAfter
	closing = closing || after > 0 && c.answered >= after
	if !closing {
		c.idleDeadline() // before the client can send the next request
	}
	c.wire.send(b)
	if closing {
		c.wire.finish()
	}
}

// idleDeadline starts the time that the connection may be idle.
func (c *conn) idleDeadline() {
	if t := c.srv.cfg.KeepAliveTimeout; t > 0 {
		_ = c.wire.nc.SetReadDeadline(time.Now().Add(t)) // fails only on a dead connection
	}
}
