package openai

import "context"

// Pending is a request that has been written, and whose answer is still to be read.
type Pending struct {
	x      *exchange
	ctx    context.Context
	cancel context.CancelFunc
}

// Start writes the request now, on the goroutine of its caller, if that takes no waiting: the engine is [EngineHTTP1],
// a connection is idle, and the body is at most 16 KiB. Then ok is true and [Pending.Finish] must be called once, from
// any goroutine; until it returns, req and resp are the client's. Else nothing was sent, and [Client.Do] is to do it.
func (c *Client) Start(ctx context.Context, req *Request, resp *Response) (p Pending, ok bool) {
	if c.own == nil || c.engine != engine(c.own) || ctx.Err() != nil {
		return Pending{}, false
	}
	x := c.exchange(req, resp)
	ctx, cancel := x.limit(ctx)
	x.begin()
	if !c.own.start(x) {
		c.release(x)
		cancel()
		return Pending{}, false
	}
	return Pending{x, ctx, cancel}, true
}

// Finish does the rest of [Client.Do].
func (p Pending) Finish() {
	defer p.cancel()
	p.x.finish(p.ctx)
}
