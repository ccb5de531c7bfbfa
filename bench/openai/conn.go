package openai

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/rxtime"
)

// A conn is a connection of one HTTP/1.1 stream that records when the bytes of the current response arrived.
type conn struct {
	net.Conn           // *socket, or the *tls.Conn above it
	sock     source    // whose stamp says when what Conn read last arrived
	late     *lateness // of the client's readers; nil where a read is not one of the socket (TLS)

	mu  sync.Mutex
	log *arrivals // of the response being read, or nil; it and what it points to are guarded by mu
}

// A source tells when the bytes of its last read arrived. Only the goroutine that read may ask.
type source interface{ stamp() stamp }

// Read reads, and records the read for the request that has the connection.
//
// Below TLS the stamp is that of the last record's last byte: a TLS connection reads its socket only until the
// record it is about to return is complete.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		s := c.sock.stamp()
		c.mu.Lock()
		if c.log != nil {
			c.log.add(b[:n], s)
		}
		c.mu.Unlock()
	}
	return n, err
}

// attach makes reads count for the response that log stands for.
func (c *conn) attach(log *arrivals) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = log
}

// detach ends what attach began, unless another request has attached its own since: net/http may hand the
// connection on while the one before still looks at its last bytes.
func (c *conn) detach(log *arrivals) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.log == log {
		c.log = nil
	}
}

// A dialer makes conns. What it takes to connect, TLS included, is limited by the dialer itself: net/http goes on to
// dial when the request that wanted the connection has ended.
type dialer struct {
	net      net.Dialer
	tls      *tls.Config
	socket   string // path of a Unix socket to connect to in place of any address; empty means none
	limit    time.Duration
	clock    clock
	lateness lateness
}

func newDialer(cfg Config, socket string, clk clock) *dialer {
	d := &dialer{tls: cfg.TLS.Clone(), socket: socket, limit: cfg.ConnectTimeout, clock: clk}
	if socket == "" { // whose kernel has no receive times for others
		d.net.Control = rxtime.Enable
	}
	if d.tls == nil {
		d.tls = &tls.Config{}
	}
	d.tls.NextProtos = []string{"http/1.1"} // one stream per connection: else a read could not be told to a request
	if cfg.HTTP2 {
		d.tls.NextProtos = []string{"h2"}
	}
	return d
}

// plain connects for http.
func (d *dialer) plain(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := d.within(ctx)
	defer cancel()
	s, err := d.connect(ctx, network, addr)
	if err != nil {
		return nil, d.late(ctx, err)
	}
	return &conn{Conn: s, sock: s, late: &d.lateness}, nil
}

// secure connects for https. Its errors after the connection was made are handshakeErrors.
func (d *dialer) secure(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := d.within(ctx)
	defer cancel()
	t, s, err := d.handshake(ctx, network, addr)
	if err != nil {
		return nil, d.late(ctx, err)
	}
	return &conn{Conn: t, sock: s}, nil
}

// secureHTTP2 connects for https and HTTP/2. net/http wants to see the TLS connection itself.
func (d *dialer) secureHTTP2(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := d.within(ctx)
	defer cancel()
	t, _, err := d.handshake(ctx, network, addr)
	if err != nil {
		return nil, d.late(ctx, err)
	}
	if t.ConnectionState().NegotiatedProtocol != "h2" {
		_ = t.Close() // nothing was sent on it
		return nil, &handshakeError{addr: addr, err: errNoHTTP2}
	}
	return t, nil
}

var errNoHTTP2 = errors.New("the server does not offer HTTP/2; leave it out")

func (d *dialer) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d.limit, errConnectTimeout)
}

// late is err, or that the limit passed if that was why.
func (d *dialer) late(ctx context.Context, err error) error {
	l := limits{connect: d.limit}
	if e := l.expired(context.Cause(ctx)); e != nil {
		return e
	}
	return err
}

func (d *dialer) handshake(ctx context.Context, network, addr string) (*tls.Conn, *socket, error) {
	s, err := d.connect(ctx, network, addr)
	if err != nil {
		return nil, nil, err
	}
	config := d.tls
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName, _, _ = net.SplitHostPort(addr)
	}
	t := tls.Client(s, config)
	if err := t.HandshakeContext(ctx); err != nil {
		_ = s.Close()
		return nil, nil, &handshakeError{addr: addr, err: err}
	}
	return t, s, nil
}

func (d *dialer) connect(ctx context.Context, network, addr string) (*socket, error) {
	if d.socket != "" {
		network, addr = "unix", d.socket
	}
	c, err := d.net.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	s, err := newSocket(c, d.clock)
	if err != nil {
		_ = c.Close()
	}
	return s, err
}

// A handshakeError is a TLS handshake that did not come to its end.
type handshakeError struct {
	addr string
	err  error
}

func (e *handshakeError) Error() string { return "tls handshake with " + e.addr + ": " + e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }
