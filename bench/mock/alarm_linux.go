package mock

import (
	"encoding/binary"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// threadAlarm sleeps in the kernel on an OS thread of its own, with the finest timer slack there is, and is woken
// through an eventfd.
type threadAlarm struct {
	fd    int
	fds   [1]unix.PollFd // these are here so that a sleep allocates nothing
	limit unix.Timespec
	count [8]byte
}

var _ alarm = (*threadAlarm)(nil)

// newAlarm returns the most exact alarm there is.
func newAlarm() alarm {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return newTimerAlarm()
	}
	return &threadAlarm{fd: fd, fds: [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}}
}

// attach never unlocks the thread: it ends with its goroutine, and its timer slack with it.
func (a *threadAlarm) attach() {
	runtime.LockOSThread()
	// Without the finer slack it only wakes some 50 µs later.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
}

func (a *threadAlarm) sleep(d time.Duration) {
	var limit *unix.Timespec
	if d >= 0 {
		a.limit = unix.NsecToTimespec(int64(d))
		limit = &a.limit
	}
	if n, err := unix.Ppoll(a.fds[:], limit, nil); n > 0 && err == nil {
		_, _ = unix.Read(a.fd, a.count[:]) // back to zero, so that the next sleep lasts
	}
}

func (a *threadAlarm) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(a.fd, one[:]) // fails only when the count is full, and then the sleeper wakes anyway
}

func (a *threadAlarm) close() { _ = unix.Close(a.fd) }
