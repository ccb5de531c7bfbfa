package openai

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"github.com/promptmill/promptmill/bench/rxtime"
)

// A conn is a connection of one HTTP/1.1 stream that records when the bytes of the current response arrived.
type conn struct {
	net.Conn        // *socket, or the *tls.Conn above it
	sock     source // whose stamp says when what Conn read last arrived

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

// A dialer makes conns.
type dialer struct {
	net   net.Dialer
	tls   *tls.Config
	clock clock
}

func newDialer(config *tls.Config, clk clock) *dialer {
	if config == nil {
		config = &tls.Config{}
	}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"} // one stream per connection: else a read could not be told to a request
	return &dialer{
		net:   net.Dialer{Timeout: 30 * time.Second, Control: rxtime.Enable},
		tls:   config,
		clock: clk,
	}
}

// plain connects for http.
func (d *dialer) plain(ctx context.Context, network, addr string) (net.Conn, error) {
	s, err := d.socket(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: s, sock: s}, nil
}

// secure connects for https. Its errors after the connection was made are handshakeErrors.
func (d *dialer) secure(ctx context.Context, network, addr string) (net.Conn, error) {
	s, err := d.socket(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	config := d.tls
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName, _, _ = net.SplitHostPort(addr)
	}
	t := tls.Client(s, config)
	ctx, cancel := context.WithTimeout(ctx, d.net.Timeout)
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		_ = s.Close()
		return nil, &handshakeError{addr: addr, err: err}
	}
	return &conn{Conn: t, sock: s}, nil
}

func (d *dialer) socket(ctx context.Context, network, addr string) (*socket, error) {
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
