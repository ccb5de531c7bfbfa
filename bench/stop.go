package bench

import (
	"context"
	"sync"
	"time"
)

// stopper is how a benchmark ends before its time.
type stopper struct {
	mu     sync.Mutex
	reason string // of stop_reason; empty while nothing has ended it
	detail string
	ended  func() bool             // sending has ended already
	stop   context.CancelFunc      // ends sending
	cut    context.CancelCauseFunc // ends the requests in flight
	timer  *time.Timer             // will call cut
	at     time.Time               // when sending was ended from outside; zero if it ran out of requests
}

// contexts returns the one that ends requests and the one that ends sending, which is the sooner of the two.
func (b *benchmark) contexts(ctx context.Context) (requests, sending context.Context, release func()) {
	requests, cut := context.WithCancelCause(ctx)
	sending, stop := context.WithCancel(requests)
	release = func() { stop(); b.stop.release(); cut(nil) }
	if d := b.limits.MaxDuration; d > 0 {
		var cancelRequests, cancelSending context.CancelFunc
		requests, cancelRequests = context.WithDeadlineCause(requests, b.start.Add(d+b.limits.Grace), ErrGraceOver)
		sending, cancelSending = context.WithDeadline(sending, b.start.Add(d))
		rest := release
		release = func() { cancelSending(); cancelRequests(); rest() }
	}
	b.stop.mu.Lock()
	defer b.stop.mu.Unlock()
	b.stop.ended = func() bool { return sending.Err() != nil }
	b.stop.stop, b.stop.cut = stop, cut
	forget, end := b.stop.note(sending), release
	return requests, sending, func() { forget(); end() }
}

// note notes when ctx is done, unless the function that it returns was called before.
func (s *stopper) note(ctx context.Context) (forget func()) {
	noted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(noted)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.at = time.Now()
	})
	return func() {
		if !stop() {
			<-noted
		}
	}
}

// halt ends sending for a reason, and what is in flight after a time of grace. The first reason stands, and one that
// comes after sending has ended is none.
func (b *benchmark) halt(reason, detail string, grace time.Duration) {
	s := &b.stop
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason != "" || s.ended() {
		return
	}
	s.reason, s.detail = reason, detail
	s.stop()
	if grace <= 0 {
		s.cut(ErrGraceOver)
		return
	}
	s.timer = time.AfterFunc(grace, func() { s.cut(ErrGraceOver) })
}

// why returns the reason and detail of a halt; both are empty when there was none.
func (s *stopper) why() (reason, detail string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason, s.detail
}

// when is the instant at which sending was ended from outside; zero if it was not. It is known once the benchmark has
// released its contexts.
func (s *stopper) when() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// release ends the wait for the grace to be over.
func (s *stopper) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
}
