package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// errStalled is the cause that ends a request whose server sends nothing.
var errStalled = errors.New("stalled")

// watch ends a request when its server is silent for too long. net/http limits only the whole answer, which is of
// no use for large files.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// newWatch starts waiting for the first byte.
func newWatch(parent context.Context, limit time.Duration) *watch {
	ctx, cancel := context.WithCancelCause(parent)
	w := &watch{ctx: ctx, cancel: cancel, limit: limit}
	w.timer = time.AfterFunc(limit, func() { cancel(errStalled) })
	return w
}

// end releases the request.
func (w *watch) end() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// explain replaces an error that the watch has caused by one that says so.
func (w *watch) explain(err error) error {
	if errors.Is(context.Cause(w.ctx), errStalled) {
		return fmt.Errorf("no byte for %v: %w", w.limit, errStalled)
	}
	return err
}

// body returns b under the watch. The time between reads does not count: it is the reader's own.
func (w *watch) body(b io.ReadCloser) io.ReadCloser {
	w.timer.Stop()
	return &watchedBody{b, w}
}

type watchedBody struct {
	io.ReadCloser
	w *watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.w.timer.Reset(b.w.limit)
	n, err := b.ReadCloser.Read(p)
	b.w.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.w.explain(err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.w.end()
	return b.ReadCloser.Close()
}
