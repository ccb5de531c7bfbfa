package openai

import (
	"cmp"
	"context"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// http1 is the engine that speaks HTTP/1.1 itself, on connections of its own: the goroutine of a request writes it and
// reads its answer, so that nothing is handed from one goroutine to another, and a token allocates nothing. It does
// what [netHTTP] does with the same bytes, and takes no configuration that it could not.
type http1 struct {
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	addr    string
	encoder encoder
	host    string // to ask for, if it is not the URL's
	header  http.Header
	idle    idleLines
	dials   chan struct{} // has room for those that may be made at once
}

// maxDials is how many connections are made at once. More, as after a pause of the machine, would overflow the queue
// of a server that listens, and the kernel tries again after a second: a delay that nobody's server is to blame for.
const maxDials = 256

// newHTTP1 returns false for a target or a header that netHTTP is to have: see [plainHost] and [plainHeader].
func newHTTP1(d *dialer, conns int, endpoint *url.URL, host string, header http.Header) (*http1, bool) {
	if !plainHost(endpoint.Host) || !plainHost(host) || !plainHeader(header) {
		return nil, false
	}
	if conns <= 0 {
		conns = math.MaxInt32
	}
	h := &http1{
		dial: d.plain, addr: dialAddress(endpoint),
		encoder: newEncoder(endpoint, host, header), host: host, header: header,
	}
	if endpoint.Scheme == "https" {
		h.dial = d.secure
	}
	h.idle = idleLines{most: conns, clock: d.clock, freed: make(chan *line)}
	h.dials = make(chan struct{}, maxDials)
	return h, true
}

// plainHost says whether a host is sent and dialled as it is written: no name outside ASCII, and no IPv6 zone.
func plainHost(host string) bool {
	return strings.IndexFunc(host, func(r rune) bool {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return false
		}
		return !strings.ContainsRune(".-_:[]", r)
	}) < 0
}

// plainHeader says whether no header has a meaning for the connection or the framing of the request.
func plainHeader(header http.Header) bool {
	for _, name := range []string{"Connection", "Content-Length", "Expect", "Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		if _, set := header[name]; set {
			return false
		}
	}
	return true
}

func dialAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (h *http1) name() string { return EngineHTTP1 }

func (h *http1) closeIdle() { h.idle.closeAll() }

// attempt implements engine.
func (h *http1) attempt(ctx context.Context, x *exchange, fresh bool) (reply, error) {
	if !x.started {
		if ctx.Err() != nil {
			return reply{}, context.Cause(ctx)
		}
		if !x.req.sendable() {
			return reply{}, errUnsendable
		}
		if err := h.connect(ctx, x, fresh); err != nil {
			return reply{}, err
		}
		h.write(x)
	}
	x.started = false
	return h.receive(ctx, x)
}

// start writes the request of x, if a kept connection is there and the request fits into the memory of a socket.
// The first attempt goes on from there.
func (h *http1) start(x *exchange) bool {
	if len(x.req.Body) > inlineBody || !x.req.sendable() {
		return false
	}
	l := h.idle.take()
	if l == nil {
		return false
	}
	h.use(x, l)
	h.write(x)
	x.started = true
	return true
}

// connect gives x a line: a new one, or without fresh also one that is idle or becomes so first.
func (h *http1) connect(ctx context.Context, x *exchange, fresh bool) error {
	freed := h.idle.freed
	if fresh {
		freed = nil
	} else if l := h.idle.take(); l != nil {
		h.use(x, l)
		return nil
	}
	for {
		select {
		case h.dials <- struct{}{}:
			return h.connectNew(ctx, x)
		case l := <-freed:
			if l.alive() {
				h.use(x, l)
				return nil
			}
			l.abort()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// connectNew gives x a new line, and with it its place among the dials back.
func (h *http1) connectNew(ctx context.Context, x *exchange) error {
	defer func() { <-h.dials }()
	c, err := h.dial(ctx, "tcp", h.addr)
	if err != nil {
		return err
	}
	h.use(x, newLine(c.(*conn)))
	return nil
}

func (h *http1) use(x *exchange, l *line) {
	x.line, x.conn = l, l.conn
	x.resp.Reused = l.served
	x.resp.Connected = x.client.clock.now()
	l.served = true
}

// write sends the request, or has a goroutine do so.
func (h *http1) write(x *exchange) {
	encoder := &h.encoder
	if x.url != nil || len(x.req.Header) > 0 { // few requests are redirected, or have a header of their own
		other := newEncoder(cmp.Or(x.url, x.client.http.url), h.host, x.req.header(h.header))
		encoder = &other
	}
	x.head = encoder.appendHead(x.head[:0], x.req)
	x.upload.start(x.line.conn, x.head, x.req.Body)
}

// receive reads the head of the response.
func (h *http1) receive(ctx context.Context, x *exchange) (reply, error) {
	b := &x.body
	b.begin(h, x, context.AfterFunc(ctx, x.line.abort))
	head, err := b.readHead()
	if err != nil {
		_ = b.Close()
		<-x.upload.sent
		return reply{}, err
	}
	return reply{
		status:   head.status,
		location: head.location, encoding: head.encoding, retryAfter: head.retryAfter,
		body: b, sent: x.upload.sent, giveUp: x.line.abort,
		bounded: head.kind != bodyToEnd,
	}, nil
}
