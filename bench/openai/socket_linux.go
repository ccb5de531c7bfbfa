package openai

import (
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A socket is a TCP connection that knows when the bytes of its last read arrived: the kernel stamps each segment
// (SO_TIMESTAMPNS), and recvmsg hands over the stamp of the last segment it took bytes from.
type socket struct {
	net.Conn
	raw   syscall.RawConn
	clock clock
	last  stamp
	reads int64

	// What the system call reads and writes is kept here, so that a read allocates nothing.
	recv  func(fd uintptr) bool
	msg   unix.Msghdr
	iov   unix.Iovec
	oob   [8]uint64 // words, because a control message must be aligned
	n     int
	errno syscall.Errno
}

// enableStamps asks the kernel for receive times. It is called before the connection is made, as the kernel may
// take a moment to start stamping. Its failure needs no report: each read shows whether there is a stamp.
func enableStamps(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
}

func newSocket(conn net.Conn, clk clock) (*socket, error) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: conn.RemoteAddr(), Err: syscall.ENOTSOCK}
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &socket{Conn: conn, raw: raw, clock: clk}
	s.recv = s.recvmsg
	s.msg.Iov = &s.iov
	s.msg.SetIovlen(1)
	s.msg.Control = (*byte)(unsafe.Pointer(&s.oob))
	return s, nil
}

// Read reads as net.Conn does. One goroutine at a time.
func (s *socket) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	s.iov.Base = &b[0]
	s.iov.SetLen(len(b))
	err := s.raw.Read(s.recv)
	s.iov.Base = nil
	switch {
	case err != nil:
		return 0, err
	case s.errno != 0:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(),
			Err: os.NewSyscallError("recvmsg", s.errno)}
	case s.n == 0:
		return 0, io.EOF
	}
	s.reads++
	if wall, ok := s.receiveTime(); ok {
		s.last = s.clock.kernelStamp(wall)
	} else {
		s.last = s.clock.clockStamp(s.reads)
	}
	return s.n, nil
}

// stamp is the arrival of the last read's bytes. For the goroutine that read them.
func (s *socket) stamp() stamp { return s.last }

// recvmsg makes the system call; false means that there is nothing to read yet. The socket does not block, so the
// scheduler need not know of the call.
func (s *socket) recvmsg(fd uintptr) bool {
	for {
		s.msg.SetControllen(int(unsafe.Sizeof(s.oob)))
		n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&s.msg)), 0)
		if errno == unix.EINTR {
			continue
		}
		s.n, s.errno = int(n), errno
		return errno != unix.EAGAIN
	}
}

// receiveTime is the kernel's time in the control message, in nanoseconds since 1970.
func (s *socket) receiveTime() (int64, bool) {
	size := int(unsafe.Sizeof(unix.Timespec{}))
	if int(s.msg.Controllen) < unix.CmsgLen(size) {
		return 0, false
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&s.oob))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_TIMESTAMPNS || int(h.Len) < unix.CmsgLen(size) {
		return 0, false
	}
	ts := (*unix.Timespec)(unsafe.Add(unsafe.Pointer(&s.oob), unix.CmsgLen(0)))
	return ts.Nano(), true
}
