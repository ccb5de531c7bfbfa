package hub

import "sync"

// meter adds up how much of all files was sent. It is safe for concurrent use.
type meter struct {
	mu     sync.Mutex
	sent   int64
	total  int64
	report func(sent, total int64) // nil: nobody asks
}

// gauge is the share of one request in a meter. A request that is tried again counts from nothing.
type gauge struct {
	meter *meter
	n     int64
	done  bool
}

// at says that n bytes of the request were read to be sent.
func (g *gauge) at(n int64) {
	g.meter.mu.Lock()
	defer g.meter.mu.Unlock()
	if !g.done { // net/http may read on for a moment after a request has ended
		g.move(n)
	}
}

// finish says that the request is over, and counts for n bytes.
func (g *gauge) finish(n int64) {
	g.meter.mu.Lock()
	defer g.meter.mu.Unlock()
	g.move(n)
	g.done = true
}

func (g *gauge) move(n int64) {
	if n == g.n {
		return
	}
	g.meter.sent += n - g.n
	g.n = n
	if g.meter.report != nil {
		g.meter.report(g.meter.sent, g.meter.total)
	}
}
