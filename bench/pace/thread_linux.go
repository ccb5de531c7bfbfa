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

// Thread is a [Waiter] that sleeps the last milliseconds before an instant in the kernel, on the OS thread of the
// goroutine that made it, and spins for as long as the kernel has been late of late.
//
// It sleeps in ppoll(2) on an eventfd rather than in clock_nanosleep(2): both are driven by the same
// high-resolution timers, and the eventfd lets a cancelled context wake the thread at once.
type Thread struct {
	wake   int // eventfd
	spins  bool
	margin time.Duration // how long before an instant the sleep ends and the spin begins
	coarse Timer

	// The context whose end wakes the thread, by its channel: one context serves many waits.
	done      <-chan struct{}
	release   func() bool
	signalled chan struct{} // closed when that context has ended
}

// maxMargin bounds the spin before an instant: a kernel that is later than that is late for want of a processor, which
// a spin would take from somebody else.
const maxMargin = 100 * time.Microsecond

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
	// On one processor a spin would hold up all that is to happen meanwhile.
	return &Thread{wake: fd, spins: runtime.GOMAXPROCS(0) > 1}, nil
}

// Until implements [Waiter].
func (w *Thread) Until(ctx context.Context, t time.Time) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if far := time.Until(t) - parkBefore; far > 0 {
		if err := w.coarse.Until(ctx, t.Add(-parkBefore)); err != nil {
			return err
		}
	}
	w.watch(ctx)
	for {
		left := time.Until(t)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case left <= 0:
			return nil
		case left > w.margin:
			end := t.Add(-w.margin)
			if err := w.sleep(left - w.margin); err != nil {
				return err
			}
			w.learn(time.Since(end))
		}
	}
}

// parkBefore is how long before the instant a wait goes from Go's timers, which may be a millisecond late, to the
// kernel's.
const parkBefore = 3 * time.Millisecond

// learn makes the margin the mean of how late sleeps end: of two requests one is then exact, and a spin short.
func (w *Thread) learn(late time.Duration) {
	if w.spins && late >= 0 { // not woken early
		w.margin += (min(late, maxMargin) - w.margin) / 16
	}
}

// watch makes the end of ctx wake the thread.
func (w *Thread) watch(ctx context.Context) {
	if ctx.Done() == w.done {
		return
	}
	w.unwatch()
	if ctx.Done() == nil {
		return
	}
	signalled := make(chan struct{})
	w.done, w.signalled = ctx.Done(), signalled
	w.release = context.AfterFunc(ctx, func() {
		w.signal()
		close(signalled)
	})
}

// unwatch ends watch. When it returns nobody will signal any more.
func (w *Thread) unwatch() {
	if w.release != nil && !w.release() { // it runs or ran
		<-w.signalled
		w.drain()
	}
	w.done, w.release = nil, nil
}

// sleep returns after d, or as soon as the eventfd is signalled, or early for a signal to the process.
func (w *Thread) sleep(d time.Duration) error {
	ts := unix.NsecToTimespec(int64(min(d, math.MaxInt64)))
	fds := [1]unix.PollFd{{Fd: int32(w.wake), Events: unix.POLLIN}}
	if _, err := unix.Ppoll(fds[:], &ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
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
	w.unwatch()
	runtime.UnlockOSThread()
	return errors.Join(w.coarse.Close(), unix.Close(w.wake))
}
