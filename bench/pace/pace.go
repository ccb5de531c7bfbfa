// Package pace wakes its caller at an exact time. Go's timers wake about half a millisecond late on Linux;
// a [Thread] sleeps in the kernel on an OS thread of its own and wakes within tens of microseconds.
package pace

import (
	"context"
	"time"
)

// A Waiter waits for instants.
type Waiter interface {
	// Until returns nil at t or as soon after it as the waiter can, at once when t has passed; or, before t,
	// the cause of ctx as soon as ctx is done. One goroutine at a time.
	Until(ctx context.Context, t time.Time) error
	// Name is "thread" or "timer".
	Name() string
	// Close releases what the waiter holds.
	Close() error
}
