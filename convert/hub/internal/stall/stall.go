// Package stall ends requests whose server is silent.
package stall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// floor is how slow a body may come, in bytes per second, measured over as long as a silence may last. Less is a server
// that keeps the connection for its own sake.
const floor = 256

// errStalled is the cause that ends a request whose server sends nothing.
var errStalled = errors.New("stalled")

// Watch ends a request when its server is silent for too long. net/http limits only the whole answer, which is of
// no use for large files.
type Watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
	most   time.Duration // 0: no bound
}

// New starts waiting for the first byte, at most limit. The caller ends the watch, or closes its body.
func New(parent context.Context, limit time.Duration) *Watch {
	ctx, cancel := context.WithCancelCause(parent)
	w := &Watch{ctx: ctx, cancel: cancel, limit: limit}
	w.timer = time.AfterFunc(limit, func() { cancel(errStalled) })
	return w
}

// Within bounds the waiting for the whole body; 0 lets it take as long as it comes fast enough. It is called before Body.
func (w *Watch) Within(most time.Duration) { w.most = most }

// Context returns the context that the request has to be made with.
func (w *Watch) Context() context.Context { return w.ctx }

// Alive says that something moves: the wait begins anew.
func (w *Watch) Alive() { w.timer.Reset(w.limit) }

// End releases the request.
func (w *Watch) End() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// Explain replaces an error that the watch has caused by one that says so.
func (w *Watch) Explain(err error) error {
	if errors.Is(context.Cause(w.ctx), errStalled) {
		return fmt.Errorf("no byte for %v: %w", w.limit, errStalled)
	}
	return err
}

// Body returns b under the watch, which ends it too when next to nothing comes for a second limit in a row. The time
// between reads does not count: it is the reader's own.
func (w *Watch) Body(b io.ReadCloser) io.ReadCloser {
	w.timer.Stop()
	return &watchedBody{ReadCloser: b, w: w}
}

// watchedBody counts in windows of as much waiting as a silence may last.
type watchedBody struct {
	io.ReadCloser
	w      *Watch
	before time.Duration // waiting in the windows that are over
	waited time.Duration // in this window
	got    int64         // bytes in this window
	failed error
}

func (b *watchedBody) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	b.w.Alive()
	begin := time.Now()
	n, err := b.ReadCloser.Read(p)
	b.w.timer.Stop()
	b.waited += time.Since(begin)
	b.got += int64(n)
	switch {
	case err == nil:
		err = b.judge()
	case !errors.Is(err, io.EOF):
		err = b.w.Explain(err)
	}
	return n, err
}

// judge ends a body that comes too slowly. The first window is not judged: connections begin slowly.
func (b *watchedBody) judge() error {
	total := b.before + b.waited
	switch {
	case b.w.most > 0 && total > b.w.most:
		b.failed = fmt.Errorf("not complete after %v: %w", b.w.most, errStalled)
	case b.waited < b.w.limit:
	case b.before > 0 && float64(b.got) < floor*b.waited.Seconds():
		b.failed = fmt.Errorf("only %d bytes in %v: %w", b.got, b.waited.Round(time.Millisecond), errStalled)
	default:
		b.before, b.waited, b.got = total, 0, 0
	}
	if b.failed != nil {
		b.w.cancel(errStalled)
	}
	return b.failed
}

func (b *watchedBody) Close() error {
	b.w.End()
	return b.ReadCloser.Close()
}
