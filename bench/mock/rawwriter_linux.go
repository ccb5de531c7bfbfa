package mock

import (
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A rawWriter writes to a socket without ever waiting. One goroutine at a time.
type rawWriter struct {
	conn syscall.RawConn
	fn   func(fd uintptr) bool // made once, so that a write allocates nothing
	buf  []byte
	n    int
	err  error
}

// newRawWriter returns nil when nc is not a socket.
func newRawWriter(nc net.Conn) *rawWriter {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	w := &rawWriter{conn: rc}
	w.fn = w.once
	return w
}

// write writes what the socket takes at once and returns how much that was.
func (w *rawWriter) write(b []byte) (int, error) {
	w.buf, w.n, w.err = b, 0, nil
	if err := w.conn.Write(w.fn); err != nil {
		return 0, err
	}
	w.buf = nil
	return w.n, w.err
}

// once makes the call raw: the scheduler need not hear of a call that does not block, and the timing thread
// keeps its processor.
func (w *rawWriter) once(fd uintptr) bool {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.SliceData(w.buf))), uintptr(len(w.buf)))
		switch errno {
		case 0:
			w.n = int(n)
		case unix.EINTR:
			continue
		case unix.EAGAIN:
		default:
			w.err = errno
		}
		return true
	}
}
