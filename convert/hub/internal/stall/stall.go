// Package stall ends requests whose server is silent.
package stall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// errStalled is the cause that ends a request whose server sends nothing.
var errStalled = errors.New("stalled")

// Watch ends a request when its server is silent for too long. net/http limits only the whole answer, which is of
// no use for large files.
type Watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// New starts waiting for the first byte, at most limit. The caller ends the watch, or closes its body.
func New(parent context.Context, limit time.Duration) *Watch {
	ctx, cancel := context.WithCancelCause(parent)
	w := &Watch{ctx: ctx, cancel: cancel, limit: limit}
	w.timer = time.AfterFunc(limit, func() { cancel(errStalled) })
	return w
}

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

// Body returns b under the watch. The time between reads does not count: it is the reader's own.
func (w *Watch) Body(b io.ReadCloser) io.ReadCloser {
	w.timer.Stop()
	return &watchedBody{b, w}
}

type watchedBody struct {
	io.ReadCloser
	w *Watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.w.Alive()
	n, err := b.ReadCloser.Read(p)
	b.w.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.w.Explain(err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.w.End()
	return b.ReadCloser.Close()
}
