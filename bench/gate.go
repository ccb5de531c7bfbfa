package bench

import "context"

// A gate lets at most so many in at a time. The nil gate lets everybody in.
type gate chan struct{}

// newGate returns a gate for n; nil for 0.
func newGate(n int) gate {
	if n <= 0 {
		return nil
	}
	return make(gate, n)
}

// enter waits until there is room, in the order in which it is called. False is that ctx was done first.
func (g gate) enter(ctx context.Context) bool {
	if g == nil {
		return true
	}
	select { // room counts even when ctx is done
	case g <- struct{}{}:
		return true
	default:
	}
	select {
	case g <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// leave makes room for one.
func (g gate) leave() {
	if g != nil {
		<-g
	}
}
