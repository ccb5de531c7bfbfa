package mock

import (
	"net"
	"sync"
)

// A wire writes to one connection without making its caller wait: what the socket does not take at once is left
// to a goroutine. Safe for concurrent use.
type wire struct {
	nc    net.Conn
	raw   *rawWriter   // nil where every write may block
	spawn func(func()) // starts a goroutine that the server waits for

	mu       sync.Mutex
	empty    sync.Cond
	gone     chan struct{} // closed when the connection is
	pending  []byte
	backlog  int    // bytes in pending and in flush's hands
	flushing bool   // a goroutine owns the socket
	drained  func() // owed to the writer that found the wire full
	closing  bool   // close when all is sent
	broken   bool
}

func newWire(nc net.Conn, spawn func(func())) *wire {
	w := &wire{nc: nc, raw: newRawWriter(nc), spawn: spawn, gone: make(chan struct{})}
	w.empty.L = &w.mu
	return w
}

// send writes b, of which it keeps nothing, and reports whether the connection is still there.
func (w *wire) send(b []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken || w.closing {
		return false
	}
	if !w.flushing && w.raw != nil {
		n, err := w.raw.write(b)
		if err != nil {
			w.fail()
			return false
		}
		if b = b[n:]; len(b) == 0 {
			return true
		}
	}
	w.pending = append(w.pending, b...)
	w.backlog += len(b)
	if !w.flushing {
		w.flushing = true
		w.spawn(w.flush)
	}
	return true
}

// flush writes what is pending until nothing is.
func (w *wire) flush() {
	var spare []byte
	for {
		w.mu.Lock()
		b := w.pending
		if len(b) == 0 || w.broken {
			break
		}
		w.pending = spare[:0]
		w.mu.Unlock()
		_, err := w.nc.Write(b)
		w.mu.Lock()
		w.backlog -= len(b)
		if err != nil {
			w.fail()
		}
		w.mu.Unlock()
		spare = b
	}
	w.flushing, w.pending = false, nil
	drained := w.drained
	w.drained = nil
	if w.closing {
		w.fail()
	}
	w.empty.Broadcast()
	w.mu.Unlock()
	if drained != nil {
		drained()
	}
}

// full reports whether the reader is so far behind that the writer ought to wait; then drained is called once,
// when it has caught up or gone.
func (w *wire) full(drained func()) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.flushing || w.backlog <= maxBacklog {
		return false
	}
	w.drained = drained
	return true
}

// await waits until all is sent or the connection is gone. Not for the timing thread.
func (w *wire) await() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.flushing && !w.broken {
		w.empty.Wait()
	}
}

// finish closes the connection once all is sent.
func (w *wire) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closing = true
	if !w.flushing {
		w.fail()
	}
}

// abort closes the connection now, with a TCP reset if it is asked for and there is one to send: below TLS, which would
// say goodbye first.
func (w *wire) abort(reset bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if reset {
		w.reset()
	}
	w.fail()
}

func (w *wire) reset() {
	bare := w.nc
	if secure, ok := bare.(interface{ NetConn() net.Conn }); ok {
		bare = secure.NetConn()
	}
	if tcp, ok := bare.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
		_ = bare.Close() // the other end is told in no other way
	}
}

// fail closes the connection. The lock is held.
func (w *wire) fail() {
	if !w.broken {
		w.broken = true
		close(w.gone)
		_ = w.nc.Close() // the other end has nothing left to hear
		w.empty.Broadcast()
	}
}
