//go:build !linux

package pace

// Thread is a [Timer] where the system has no exact sleep that this package knows.
type Thread struct{ Timer }

// NewThread returns a [Waiter] on Go's timers; its Name says so.
func NewThread() (*Thread, error) { return &Thread{}, nil }
