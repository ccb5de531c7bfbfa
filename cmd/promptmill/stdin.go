package main

import (
	"context"
	"io"
)

// input is stdin, except that a read ends with the cause of ctx as soon as ctx is done: reading from an idle terminal
// or pipe cannot be interrupted otherwise.
func (p *process) input(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, p.stdin)
		w.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
	return r
}
