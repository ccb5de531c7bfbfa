package pace

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// spinBelow is how close to the instant a [Thread] stops sleeping and spins instead. Only machines with a core
// to spare spin: on two cores the spin would take time from the requests being measured.
const spinBelow = 60 * time.Microsecond

// Thread is a [Waiter] that sleeps the last milliseconds before an instant in the kernel, on the OS thread of the
// goroutine that made it.
//
// It sleeps in ppoll(2) on an eventfd rather than in clock_nanosleep(2): both are driven by the same
// high-resolution timers, and the eventfd lets a cancelled context wake the thread at once.
type Thread struct {
	wake   int // eventfd
	spin   time.Duration
	coarse Timer
}

// NewThread locks the calling goroutine to its OS thread until [Thread.Close] and gives that thread the finest
// timer slack. Only the calling goroutine may use the Thread.
func NewThread() (*Thread, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("pace: eventfd: %w", err)
	}
	runtime.LockOSThread()
	// Without this the kernel may wake the thread up to 50 us late to save power. Where it is refused (some
	// containers) the thread still beats a timer, so the refusal is no error.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	t := &Thread{wake: fd}
	if runtime.NumCPU() > 2 {
		t.spin = spinBelow
	}
	return t, nil
}

// Until implements [Waiter].
func (w *Thread) Until(ctx context.Context, t time.Time) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if time.Until(t) <= 0 {
		return nil
	}
	if err := w.park(ctx, t); err != nil {
		return err
	}
	signalled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		w.signal()
		close(signalled)
	})
	defer func() {
		if !stop() { // it runs or ran: the eventfd must not be closed or reused before it is done
			<-signalled
			w.drain()
		}
	}()
	for {
		left := time.Until(t)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case left <= 0:
			return nil
		case left > w.spin:
			if err := w.sleep(left - w.spin); err != nil {
				return err
			}
		}
	}
}

// parkBefore is how long before the instant a wait goes from Go's timers, which may be a millisecond late, to the
// kernel's.
const parkBefore = 3 * time.Millisecond

// park waits on Go's timers for as long as they are exact enough, or else lets other goroutines run once. A thread
// that sleeps in a system call keeps its processor until the runtime takes it away, which can be 10 ms later; the
// goroutine that was just given a request must not wait for that.
func (w *Thread) park(ctx context.Context, t time.Time) error {
	d := time.Until(t) - parkBefore
	if d <= 0 {
		runtime.Gosched()
		return nil
	}
	return w.coarse.Until(ctx, t.Add(-parkBefore))
}

// sleep returns after d, or as soon as the eventfd is signalled, or early for a signal to the process.
func (w *Thread) sleep(d time.Duration) error {
	ts := unix.NsecToTimespec(int64(min(d, math.MaxInt64)))
	fds := []unix.PollFd{{Fd: int32(w.wake), Events: unix.POLLIN}}
	if _, err := unix.Ppoll(fds, &ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("pace: ppoll: %w", err)
	}
	return nil
}

func (w *Thread) signal() {
	one := [8]byte{1}
	_, _ = unix.Write(w.wake, one[:]) // fails only when it is signalled already
}

func (w *Thread) drain() {
	var buf [8]byte
	_, _ = unix.Read(w.wake, buf[:]) // non-blocking: nothing to read is fine
}

// Name implements [Waiter].
func (w *Thread) Name() string { return "thread" }

// Close implements [Waiter] and unlocks the goroutine from its thread.
func (w *Thread) Close() error {
	runtime.UnlockOSThread()
	return unix.Close(w.wake)
}
