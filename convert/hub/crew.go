package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/fill"
)

// How many connections a download uses.
const (
	firstConnections = 2
	maxConnections   = 16
	mostJobs         = 64 // that a user can ask for
)

// crew is the connections of one download. They bring pieces of the files that have joined, the first file first, and
// as many of them work as the [fill.Throttle] finds useful.
type crew struct {
	moved   atomic.Int64 // bytes, since the throttle last looked
	brought atomic.Int64 // pieces, since then
	refused atomic.Int64 // requests, since then

	mu     sync.Mutex
	change *sync.Cond
	files  []*filling
	at     map[*filling]int // connections at work per file
	busy   int
	want   int
	closed bool

	hands sync.WaitGroup
	stop  chan struct{}
}

// newCrew starts at most most connections; the caller closes the crew.
func newCrew(most int) *crew {
	w := &crew{at: map[*filling]int{}, want: min(firstConnections, most), stop: make(chan struct{})}
	w.change = sync.NewCond(&w.mu)
	for range most {
		w.hands.Go(w.work)
	}
	w.hands.Go(func() { w.adapt(most) })
	return w
}

// close ends the crew when its files have left.
func (w *crew) close() {
	w.mu.Lock()
	w.closed = true
	w.change.Broadcast()
	w.mu.Unlock()
	close(w.stop)
	w.hands.Wait()
}

// wrongBytesError says that a file cannot be had as the Hub promises it.
type wrongBytesError struct{ error }

func (e wrongBytesError) Unwrap() error { return e.error }

// complete fills f with the right bytes. When all have come and are not those that were promised, they are fetched
// again until each part has come twice in a row the same; if they are wrong even so, the error is a [wrongBytesError].
func (w *crew) complete(f *filling) error {
	for again := false; ; again = true {
		sum, err := w.bring(f)
		if err != nil {
			return err
		}
		wrong := sum.check(f.origin.file)
		switch {
		case wrong == nil:
			return nil
		case again:
			return wrongBytesError{fmt.Errorf("%w, although every part came twice the same", wrong)}
		}
		f.origin.c.cfg.Logf("%s: %v; fetching it again", f.origin.req.op, wrong)
		if err := f.restart(); err != nil {
			return err
		}
	}
}

// bring lets the crew fill f, and returns the hash of it.
func (w *crew) bring(f *filling) (*digest, error) {
	stop := context.AfterFunc(f.ctx, func() { f.pieces.Fail(context.Cause(f.ctx)) })
	defer stop()
	w.join(f)
	sum, err := f.hash()
	if err != nil {
		f.fail(err)
	}
	w.leave(f)
	return sum, err
}

// join makes the blocks of f available to the crew, until leave.
func (w *crew) join(f *filling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files = append(w.files, f)
	w.change.Broadcast()
}

// leave takes f away and waits until no connection is at work on it.
func (w *crew) leave(f *filling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.files {
		if w.files[i] == f {
			w.files = append(w.files[:i:i], w.files[i+1:]...)
			break
		}
	}
	for w.at[f] > 0 {
		w.change.Wait()
	}
	delete(w.at, f)
}

// next waits for a piece to bring; false: there will be none.
func (w *crew) next() (f *filling, from, to int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.closed {
		if f, from, to := w.pick(); f != nil {
			w.busy++
			w.at[f]++
			return f, from, to, true
		}
		w.change.Wait()
	}
	return nil, 0, 0, false
}

func (w *crew) pick() (f *filling, from, to int) {
	if w.busy >= w.want {
		return nil, 0, 0
	}
	for _, f := range w.files {
		n := w.at[f]
		if n >= fill.MaxPerFile || n > 0 && f.alone() || f.held || f.pieces.Failure() != nil {
			continue
		}
		absent, _ := f.pieces.Open()
		size := f.tempo.Piece(absent, w.want)
		if f.alone() {
			size = absent
		}
		if from, to := f.pieces.Claim(size); from < to {
			return f, from, to
		}
	}
	return nil, 0, 0
}

func (w *crew) finished(f *filling) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy--
	w.at[f]--
	w.change.Broadcast()
}

// work is one connection.
func (w *crew) work() {
	var buf []byte
	for {
		f, from, to, ok := w.next()
		if !ok {
			return
		}
		if buf == nil {
			buf = make([]byte, fill.BlockSize)
		}
		began := time.Now()
		err := f.bring(from, to, buf)
		switch {
		case err == nil:
			w.brought.Add(1)
		case !silent(err):
			w.refused.Add(1)
		}
		if err != nil {
			w.setBack(f, err, began)
		}
		w.finished(f)
	}
}

// setBack holds a file for a pause after a request for it has failed, or ends it when several pauses in a row have
// brought it no further. A connection that was cut when it had brought something is made anew at once, and of
// several requests that failed at the same time only the first counts.
func (w *crew) setBack(f *filling, err error, began time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e, ok := errors.AsType[*Error](err); !ok || !e.again {
		f.fail(err)
		return
	}
	if _, came := f.pieces.Open(); came > f.came {
		f.came, f.tries = came, 0
		if silent(err) {
			return
		}
	}
	if f.held || began.Before(f.paused) {
		return
	}
	f.held, f.paused = true, time.Now()
	tries := f.tries
	f.tries++
	w.hands.Go(func() {
		if err := f.origin.c.pause(f.ctx, err, tries); err != nil {
			f.fail(err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		f.held = false
		w.change.Broadcast()
	})
}

// adapt fits the number of connections to what they bring.
func (w *crew) adapt(most int) {
	tick := time.NewTicker(fill.ThrottleEvery)
	defer tick.Stop()
	t := fill.NewThrottle(min(firstConnections, most), most)
	for last := time.Now(); ; {
		select {
		case <-w.stop:
			return
		case now := <-tick.C:
			w.mu.Lock()
			full := w.busy >= w.want
			w.mu.Unlock()
			refused, brought := w.refused.Swap(0), w.brought.Swap(0)
			n := t.Step(float64(w.moved.Swap(0))/now.Sub(last).Seconds(), full, refused > brought/4)
			last = now
			w.mu.Lock()
			if n != w.want {
				w.want = n
				w.change.Broadcast()
			}
			w.mu.Unlock()
		}
	}
}
