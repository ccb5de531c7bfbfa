//go:build !linux

package rxtime

import "syscall"

// Enable has nothing to ask for: this system gives no receive times for TCP.
func Enable(_, _ string, _ syscall.RawConn) error { return nil }

type receiver struct{}

func (receiver) init(syscall.RawConn) {}

// Quiet says whether there is nothing to read. Here it cannot be told, and is true.
func (c *Conn) Quiet() bool { return true }

// Received is false: this system gives no receive times for TCP.
func (c *Conn) Received() (int64, bool) { return 0, false }
