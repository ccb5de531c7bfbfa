package bench

import (
	"context"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/pace"
)

// A launcher hands workers with a request that is due to goroutines.
type launcher struct {
	*benchmark
	sending, requests context.Context
	waiter            pace.Waiter
	due               chan *worker // unbuffered: a receive means that a goroutine is idle

	unsent bool      // a goroutine was handed a request that it has to send itself
	ended  time.Time // when sending was seen to have ended

	mu   sync.Mutex
	idle []*worker
}

// worker returns one without a request.
func (l *launcher) worker() *worker {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.idle)
	if n == 0 {
		return l.benchmark.worker()
	}
	w := l.idle[n-1]
	l.idle = l.idle[:n-1]
	return w
}

// rest takes back a worker that has no more to do.
func (l *launcher) rest(w *worker) {
	w.session = session{history: w.session.history}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.idle = append(l.idle, w)
}

// launch sends the request of w, which is due, and leaves the rest of it to an idle goroutine, or to a new one.
func (l *launcher) launch(w *worker) {
	w.begin(l.requests)
	w.start()
	l.unsent = l.unsent || !w.started
	select {
	case l.due <- w:
	default:
		l.inFlight.Go(func() { l.serve(w) })
	}
}

func (l *launcher) serve(w *worker) {
	for open := true; open; w, open = <-l.due {
		w.do()
		l.slots.leave()
		for w.session.more() && l.follow(w) {
			w.do()
			l.slots.leave()
		}
		w.dropTurns()
		l.rest(w)
	}
}

// follow brings w to where the next turn of its session is due and may be sent. False is that it never will be.
func (l *launcher) follow(w *worker) bool {
	due := time.Now().Add(w.session.think(&l.strategy))
	if !pauseUntil(l.sending, due) || l.stopped() || !w.take() {
		return false
	}
	w.call.due = l.since(due)
	if !w.enter(l.sending) {
		w.miss()
		return false
	}
	w.prepare()
	w.begin(l.requests)
	return true
}

// miss records that the request of w is never sent, and takes the worker back.
func (l *launcher) miss(w *worker) {
	w.miss()
	w.dropTurns()
	l.rest(w)
}

// gated reports whether requests that are due may have to wait.
func (b *benchmark) gated() bool { return b.slots != nil || b.prefill != nil }

// enter passes the gates. False is that ctx was done first.
func (w *worker) enter(ctx context.Context) bool {
	if !w.slots.enter(ctx) {
		return false
	}
	if !w.prefill.enter(ctx) {
		w.slots.leave()
		return false
	}
	return true
}
