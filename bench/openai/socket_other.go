//go:build !linux

package openai

import (
	"net"
	"syscall"
)

// A socket is a TCP connection that knows when the bytes of its last read arrived: here, the clock right after it.
type socket struct {
	net.Conn
	clock clock
	last  stamp
	reads int64
}

// enableStamps has nothing to ask for: this system gives no receive times for TCP.
func enableStamps(_, _ string, _ syscall.RawConn) error { return nil }

func newSocket(conn net.Conn, clk clock) (*socket, error) {
	return &socket{Conn: conn, clock: clk}, nil
}

// Read reads as net.Conn does. One goroutine at a time.
func (s *socket) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if n > 0 {
		s.reads++
		s.last = s.clock.clockStamp(s.reads)
	}
	return n, err
}

// stamp is the arrival of the last read's bytes. For the goroutine that read them.
func (s *socket) stamp() stamp { return s.last }
