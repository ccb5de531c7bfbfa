// Package rxtime reads TCP connections and says when the kernel received what was read. That time does not depend on
// how long the reader had to wait for a processor.
package rxtime

import (
	"net"
	"syscall"
)

// Conn is a TCP connection that knows when the bytes of its last read arrived, where the kernel says so (Linux).
type Conn struct {
	net.Conn
	receiver
}

// New wraps a connection, which it owns afterwards. The kernel gives times once [Enable] was called for its socket.
func New(c net.Conn) (*Conn, error) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: c.RemoteAddr(), Err: syscall.ENOTSOCK}
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	conn := &Conn{Conn: c}
	conn.init(raw)
	return conn, nil
}
