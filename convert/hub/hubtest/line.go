package hubtest

import (
	"context"
	"errors"
	"net"
	"time"
)

// line makes connections as slow as those of a long line.
type line struct {
	net.Listener
	delay      time.Duration
	connection int64  // bytes per second of one connection; 0 means no limit
	down, up   *pacer // of all connections: what the double sends, and what it is sent
}

func (l *line) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok && l.connection <= 0 && l.down == nil {
		return newLateConn(tcp, l.delay), nil
	}
	return newSlowConn(c, l.delay, pacers{newPacer(l.connection), l.down}, pacers{newPacer(l.connection), l.up}), nil
}

// late waits once, before the first byte is read: the round trip of the handshake.
type late struct {
	ctx    context.Context // ends with the connection: nobody waits on a closed one
	cancel context.CancelFunc
	delay  time.Duration
}

func newLate(delay time.Duration) *late {
	ctx, cancel := context.WithCancel(context.Background())
	return &late{ctx, cancel, delay}
}

func (l *late) wait() error {
	d := l.delay
	l.delay = 0 // net/http reads a connection from one goroutine at a time
	if !pause(l.ctx, d) {
		return net.ErrClosed
	}
	return nil
}

// lateConn is a connection that is only late. It can do what the kernel can, sendfile before all.
type lateConn struct {
	*net.TCPConn
	*late
}

func newLateConn(c *net.TCPConn, delay time.Duration) *lateConn { return &lateConn{c, newLate(delay)} }

func (c *lateConn) Read(p []byte) (int, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	return c.TCPConn.Read(p)
}

func (c *lateConn) Close() error {
	c.cancel()
	return c.TCPConn.Close()
}

// slowConn is a connection of which every byte waits its turn. It has no ReadFrom, on purpose: all pass Write.
type slowConn struct {
	net.Conn
	*late
	down, up pacers // of what is written, and of what is read
}

func newSlowConn(c net.Conn, delay time.Duration, down, up pacers) *slowConn {
	return &slowConn{c, newLate(delay), down, up}
}

// Read holds back what it has read, so that the client's buffers fill and it gets no further ahead than they let it.
func (c *slowConn) Read(p []byte) (int, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p[:c.up.slice(len(p))])
	if !c.up.pass(c.ctx, n) {
		return n, net.ErrClosed
	}
	return n, err
}

func (c *slowConn) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		n := c.down.slice(len(p))
		if !c.down.pass(c.ctx, n) {
			return written, net.ErrClosed
		}
		done, err := c.Conn.Write(p[:n])
		written, p = written+done, p[n:]
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func (c *slowConn) Close() error {
	c.cancel()
	return c.Conn.Close()
}

// CloseWrite ends the sending half, as net/http does before it closes.
func (c *slowConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// SetLinger is how a reset is asked for.
func (c *slowConn) SetLinger(sec int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return tcp.SetLinger(sec)
	}
	return errors.ErrUnsupported
}

// pause waits, and reports whether ctx was still alive at the end.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
