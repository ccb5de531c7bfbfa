package rxtime

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Enable asks the kernel for receive times. It fits [net.Dialer.Control] and [net.ListenConfig.Control]: as the kernel
// may take a moment to start, it is called before the connection is made, and a listener's connections inherit it.
// Its failure needs no report: each read shows whether there is a time.
func Enable(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
}

// A receiver makes the system calls: the kernel stamps each segment (SO_TIMESTAMPNS), and recvmsg hands over the stamp
// of the last segment it took bytes from. What the calls read and write is kept here, so that a read allocates nothing.
type receiver struct {
	raw   syscall.RawConn
	recv  func(fd uintptr) bool
	peek  func(fd uintptr) bool
	msg   unix.Msghdr
	iov   unix.Iovec
	oob   [8]uint64 // words, because a control message must be aligned
	n     int
	errno syscall.Errno
}

func (r *receiver) init(raw syscall.RawConn) {
	r.raw = raw
	r.recv, r.peek = r.recvmsg, r.peekOnce
	r.msg.Iov = &r.iov
	r.msg.SetIovlen(1)
	r.msg.Control = (*byte)(unsafe.Pointer(&r.oob))
}

// Read reads as net.Conn does. One goroutine at a time.
func (c *Conn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	c.iov.Base = &b[0]
	c.iov.SetLen(len(b))
	err := c.raw.Read(c.recv)
	c.iov.Base = nil
	switch {
	case err != nil:
		return 0, err
	case c.errno != 0:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(),
			Err: os.NewSyscallError("recvmsg", c.errno)}
	case c.n == 0:
		return 0, io.EOF
	}
	return c.n, nil
}

// recvmsg makes the system call; false means that there is nothing to read yet. The socket does not block, so the
// scheduler need not know of the call.
func (r *receiver) recvmsg(fd uintptr) bool {
	for {
		r.msg.SetControllen(int(unsafe.Sizeof(r.oob)))
		n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.msg)), 0)
		if errno == unix.EINTR {
			continue
		}
		r.n, r.errno = int(n), errno
		return errno != unix.EAGAIN
	}
}

// Quiet says whether there is nothing to read: neither bytes nor the end of the connection. It does not wait. Not
// beside Read. Where the system cannot tell, it is true.
func (c *Conn) Quiet() bool {
	return c.raw.Read(c.peek) == nil && c.errno == unix.EAGAIN
}

// peekOnce makes the system call, and asks for no more of them.
func (r *receiver) peekOnce(fd uintptr) bool {
	const flags = unix.MSG_PEEK | unix.MSG_DONTWAIT
	_, _, r.errno = unix.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&r.oob)), 1, flags, 0, 0)
	return true
}

// Received is the kernel's time of the last read's last segment, in nanoseconds since 1970; false when it gave none.
// For the goroutine that read.
func (c *Conn) Received() (int64, bool) {
	size := int(unsafe.Sizeof(unix.Timespec{}))
	if int(c.msg.Controllen) < unix.CmsgLen(size) {
		return 0, false
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&c.oob))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_TIMESTAMPNS || int(h.Len) < unix.CmsgLen(size) {
		return 0, false
	}
	ts := (*unix.Timespec)(unsafe.Add(unsafe.Pointer(&c.oob), unix.CmsgLen(0)))
	return ts.Nano(), true
}
