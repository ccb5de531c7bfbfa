package openai

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

// An exchange is a request on its way and its response coming in. It belongs to the goroutine of one Do; only its
// log is shared, with the goroutine that reads the connection, under the connection's lock.
type exchange struct {
	client     *Client
	req        *Request
	resp       *Response
	conn       *conn         // of the current attempt; nil until there is one
	unseen     conn          // stands for one that net/http does not show, or shares
	url        *url.URL      // where a redirect has led; nil is the target's
	patience   *patience     // nil without limits on tokens
	retryAfter time.Duration // that the last answer asked for
	log        arrivals
	latest     arrival // the last that was looked up
	answer     answer

	// Of http1.
	line    *line
	started bool // the request of the first attempt has been written
	upload  transmission
	head    []byte // of the request
	in      []byte // head of the response
	body    http1Body
}

// finish performs the request, or what is left of it, and releases x.
func (x *exchange) finish(ctx context.Context) {
	for {
		err := x.run(ctx)
		if err == nil {
			break
		}
		again, e := x.again(ctx, x.teller().explain(ctx, err, x.stage()))
		if !again {
			x.resp.Done, x.resp.Err = x.client.clock.now(), e
			break
		}
	}
	x.resp.KernelTimes = x.kernelTimes()
	x.client.release(x)
}

// run performs the request. The error is an *Error or one to be explained.
func (x *exchange) run(ctx context.Context) error {
	rep, err := x.send(ctx)
	if err == nil {
		rep, err = x.follow(ctx, rep)
	}
	if err != nil {
		return err
	}
	defer func() {
		_ = rep.body.Close()
		<-rep.sent
	}()
	x.resp.HTTPStatus = rep.status
	x.resp.Headers = x.headersAt()
	if rep.status < 200 || rep.status > 299 {
		return x.refusal(rep)
	}
	if e := strings.ToLower(rep.encoding); e != "" && e != "identity" {
		return x.teller().failf(KindBadStream, "the response is compressed (%s), which was not asked for", rep.encoding)
	}
	return x.answer.read(x, rep)
}

// send makes the attempts. A kept connection may have been closed by the server while the request was under way to
// it, as llama-server does after every stream: then nothing of an answer arrives, and the request is sent once more on a
// new one, its clock restarted. What reached the other end's kernel proves nothing: that takes bytes for a program that
// has only stopped to write, too.
func (x *exchange) send(ctx context.Context) (reply, error) {
	for fresh := false; ; fresh = true {
		if !x.started {
			x.begin()
		}
		x.resp.Attempts++
		rep, err := x.client.engine.attempt(ctx, x, fresh)
		if err == nil || fresh || !x.stale(ctx, err) {
			return rep, err
		}
		x.detach()
	}
}

// begin starts the clock of an attempt: of the first the response's too, and of the one after a stale connection.
func (x *exchange) begin() {
	now := x.client.clock.now()
	x.resp.Connected, x.resp.Reused = 0, false
	if x.resp.Retries+x.resp.Redirects == 0 {
		x.resp.Sent = now
	}
	x.log.begin(now)
	x.patience.attempt(now)
}

// stale says whether the attempt that failed did so for being given a connection that was no longer one, or was about to
// end: of HTTP/2, even a new one may have served others by then.
func (x *exchange) stale(ctx context.Context, err error) bool {
	again := x.resp.Reused && !streamReset(err) || unprocessed(err)
	return again && ctx.Err() == nil && x.stage() == gotConn
}

// gotConn starts the recording. Nothing of the request has been written yet.
func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	x.resp.Connected = x.client.clock.now()
	x.resp.Reused = info.Reused
	if c, ok := info.Conn.(*conn); ok && !x.client.http.http2 {
		x.conn = c
		c.attach(&x.log)
	} else {
		x.conn = &x.unseen
	}
}

// detach ends the recording; what was recorded stays.
func (x *exchange) detach() {
	if x.conn != nil {
		x.conn.detach(&x.log)
		x.conn = nil
	}
}

// at returns the read that brought the body's byte before offset end; ends must not decrease.
func (x *exchange) at(end int64) arrival {
	if end > x.latest.end || x.latest.at == 0 {
		x.conn.mu.Lock()
		x.latest = x.log.at(end)
		x.conn.mu.Unlock()
	}
	return x.latest
}

// lastAt is when the latest byte on the connection arrived.
func (x *exchange) lastAt() int64 {
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	return x.log.last.at
}

// headersAt is when the end of the header arrived.
func (x *exchange) headersAt() int64 {
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	if x.log.head == 0 {
		return x.client.clock.now()
	}
	return x.log.head
}

// stage is how far the current attempt came.
func (x *exchange) stage() stage {
	switch {
	case x.conn == nil:
		return gotNothing
	case x.resp.HTTPStatus != 0:
		return gotHeaders
	}
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	if x.log.bytes > 0 {
		return gotBytes
	}
	return gotConn
}

// kernelTimes says whether all instants so far are the kernel's.
func (x *exchange) kernelTimes() bool {
	if x.conn == nil {
		return false
	}
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	return x.log.bytes > 0 && !x.log.clock
}

// refusal is the error of a response whose status is not 2xx.
func (x *exchange) refusal(rep reply) *Error {
	defer time.AfterFunc(tailLimit, rep.giveUp).Stop()
	ev := &x.answer.events
	ev.reset(rep.body, errorBody)
	body := ev.rest(errorBody)
	x.resp.Bytes = ev.offset()
	x.keepError(body)
	x.retryAfter = parseRetryAfter(rep.retryAfter, time.Now())
	return x.teller().refusal(rep, describe(body))
}

// keepError keeps the start of what came in place of an answer.
func (x *exchange) keepError(body []byte) {
	text := strings.ToValidUTF8(x.teller().censor.secrets.Replace(string(body)), "\ufffd")
	if len(text) > keptError {
		text = strings.ToValidUTF8(text[:keptError], "")
	}
	x.resp.ErrorBody = append(x.resp.ErrorBody[:0], text...)
}

// keptError is how much of that is kept, in bytes.
const keptError = 2 << 10

// errorBody is how much of an error's body is read, in bytes.
const errorBody = 64 << 10

func (t teller) refusal(rep reply, text string) *Error {
	e := t.failf(KindHTTP, "%s", refusalText(rep, text))
	e.Status = rep.status
	return e
}

// refusalText says which status it was, where a redirect leads and what the body tells.
func refusalText(rep reply, text string) string {
	status := http.StatusText(rep.status)
	switch {
	case rep.status >= 300 && rep.status < 400:
		host := "an unknown place"
		if u, err := url.Parse(rep.location); err == nil && rep.location != "" {
			host = u.Host
			if host == "" {
				host = "another path of the same host"
			}
		}
		return fmt.Sprintf("%d %s to %s: only 307 and 308 within a host are followed, and %d of them; give the final URL as the target",
			rep.status, status, host, maxRedirects)
	case rep.retryAfter != "":
		status += ", retry after " + rep.retryAfter
	}
	if text == "" {
		return fmt.Sprintf("%d %s", rep.status, status)
	}
	return fmt.Sprintf("%d %s: %s", rep.status, status, text)
}
