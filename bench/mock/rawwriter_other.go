//go:build !linux

package mock

import "net"

// A rawWriter would write to a socket without ever waiting; here there is none, and a goroutine of the
// connection writes.
type rawWriter struct{}

func newRawWriter(net.Conn) *rawWriter { return nil }

func (*rawWriter) write([]byte) (int, error) { return 0, nil }
