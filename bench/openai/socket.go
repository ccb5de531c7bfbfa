package openai

import (
	"net"

	"github.com/promptmill/promptmill/bench/rxtime"
)

// A socket is a TCP connection that knows when the bytes of its last read arrived: by the kernel where it says so,
// else by the clock right after the read.
type socket struct {
	*rxtime.Conn
	clock clock
	last  stamp
	reads int64
}

func newSocket(c net.Conn, clk clock) (*socket, error) {
	rx, err := rxtime.New(c)
	if err != nil {
		return nil, err
	}
	return &socket{Conn: rx, clock: clk}, nil
}

// Read reads as net.Conn does. One goroutine at a time.
func (s *socket) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if n > 0 {
		s.reads++
		if wall, ok := s.Received(); ok {
			s.last = s.clock.kernelStamp(wall)
		} else {
			s.last = s.clock.clockStamp(s.reads)
		}
	}
	return n, err
}

// stamp is the arrival of the last read's bytes. For the goroutine that read them.
func (s *socket) stamp() stamp { return s.last }
