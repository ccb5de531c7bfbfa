package openai

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"
)

// limits are how long the parts of a request may take; 0 is no limit.
type limits struct{ connect, firstToken, token, total time.Duration }

// Causes of a context that a limit ended.
var (
	errConnectTimeout    = errors.New("no connection in time")
	errFirstTokenTimeout = errors.New("no first token in time")
	errTokenTimeout      = errors.New("no further token in time")
	errTimeout           = errors.New("no complete answer in time")
)

// expired makes an Error of the cause of a context; nil when no limit was it. The context's deadline of a connection is
// not the request's: see dialer.
func (l *limits) expired(cause error) *Error {
	e := &Error{Err: context.DeadlineExceeded}
	switch {
	case errors.Is(cause, errConnectTimeout):
		e.Kind, e.Message = KindTimeoutConnect, fmt.Sprintf("not connected within %v", l.connect)
	case errors.Is(cause, errFirstTokenTimeout):
		e.Kind, e.Message = KindTimeoutFirstToken, fmt.Sprintf("no token within %v of sending", l.firstToken)
	case errors.Is(cause, errTokenTimeout):
		e.Kind, e.Message = KindTimeoutToken, fmt.Sprintf("nothing new within %v of a token", l.token)
	case errors.Is(cause, errTimeout):
		e.Kind, e.Message = KindTimeoutTotal, fmt.Sprintf("no complete answer within %v", l.total)
	default:
		return nil
	}
	return e
}

// limit bounds ctx by the limits of the client, and starts to count.
func (x *exchange) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	l := &x.client.limits
	total := func() {}
	if l.total > 0 {
		ctx, total = context.WithTimeoutCause(ctx, l.total, errTimeout)
	}
	if l.firstToken == 0 && l.token == 0 {
		return ctx, total
	}
	ctx, end := context.WithCancelCause(ctx)
	p := &patience{limits: l, clock: x.client.clock, end: end}
	p.since.Store(x.client.clock.now())
	x.patience = p
	p.timer = time.AfterFunc(math.MaxInt64, p.check)
	p.timer.Reset(p.least()) // now that check can find the timer
	return ctx, func() {
		p.timer.Stop()
		end(context.Canceled)
		total()
	}
}

// A patience ends the context of a request whose tokens are late. Its timer does not run anew with each token: when it
// fires it looks when the last one came, and goes on for what is left, so that a token costs one store.
//
// It is of one request and is not used again, as its timer may still fire when that is over.
type patience struct {
	limits *limits
	clock  clock
	end    context.CancelCauseFunc
	timer  *time.Timer
	since  atomic.Int64 // instant of the attempt's begin
	last   atomic.Int64 // instant of the last token; 0 is none
}

// attempt counts from now on for the first token. A nil patience is without limit.
func (p *patience) attempt(now int64) {
	if p != nil {
		p.since.Store(now)
	}
}

// token takes note of one. A nil patience is without limit.
func (p *patience) token(at int64) {
	if p != nil {
		p.last.Store(at)
	}
}

// least is the time for which nothing can be late.
func (p *patience) least() time.Duration {
	switch l := p.limits; {
	case l.firstToken == 0:
		return l.token
	case l.token == 0:
		return l.firstToken
	default:
		return min(l.firstToken, l.token)
	}
}

// check ends the context, or sets the timer anew.
func (p *patience) check() {
	l, from := p.limits, p.last.Load()
	switch {
	case from > 0 && l.token > 0:
		p.expect(from, l.token, errTokenTimeout)
	case from > 0: // nothing of what is limited is still to come
	case l.firstToken > 0:
		p.expect(p.since.Load(), l.firstToken, errFirstTokenTimeout)
	default:
		p.timer.Reset(l.token) // no token that comes until then can have been the last for longer
	}
}

// expect ends the context if the limit has passed since the instant from, and else looks again when it will have.
func (p *patience) expect(from int64, limit time.Duration, cause error) {
	if left := limit - time.Duration(p.clock.now()-from); left > 0 {
		p.timer.Reset(left)
	} else {
		p.end(cause)
	}
}
