package hub

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/proxy"
)

// maxHeader bounds the header of an answer, in bytes.
const maxHeader = 256 << 10

// transportFor returns the transport that cfg asks for. It is used without an [http.Client], which would parse redirects
// that nobody follows and quote them, signatures and all, in errors.
func transportFor(cfg Config) (http.RoundTripper, error) {
	var t http.RoundTripper
	if cfg.HTTP != nil && cfg.HTTP.Transport != nil {
		t = cfg.HTTP.Transport
	} else {
		own, err := ownTransport(cfg)
		if err != nil {
			return nil, err
		}
		t = own
	}
	if cfg.Debug {
		t = newTraced(t, cfg.Logf)
	}
	return t, nil
}

// ownTransport returns the connections of a client that was given none.
func ownTransport(cfg Config) (t *http.Transport, err error) {
	for name, value := range map[string]string{"HTTP_PROXY": cfg.HTTPProxy, "HTTPS_PROXY": cfg.HTTPSProxy} {
		if err := proxy.Check(name, value); err != nil {
			return nil, err
		}
	}
	t = &http.Transport{}
	if d, ok := http.DefaultTransport.(*http.Transport); ok {
		t = d.Clone()
	}
	t.MaxIdleConnsPerHost = 2 * maxConnections
	t.MaxResponseHeaderBytes = maxHeader
	t.Protocols = new(http.Protocols) // HTTP/2 would put all ranges of a file on one connection
	t.Protocols.SetHTTP1(true)
	t.Proxy, err = proxy.For(cfg.AllProxy, cfg.NoProxy)
	return t, err
}

// roundTrip sends a request and waits for the header of its answer, whose Request is always req. An answer that is no
// HTTP is a [garbledError].
func (c *Client) roundTrip(req *http.Request) (*http.Response, error) {
	var begun atomic.Bool
	trace := &httptrace.ClientTrace{GotFirstResponseByte: func() { begun.Store(true) }}
	resp, err := c.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	switch {
	case err != nil && begun.Load() && !interrupted(err):
		return nil, garbledError{err}
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errors.New("the transport has neither an answer nor an error")
	}
	resp.Request = req
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	return resp, nil
}

// garbledError is an answer that is no HTTP. Its text quotes the answer, and must not be shown.
type garbledError struct{ error }

// garbled reports whether err is about the form of an answer.
func garbled(err error) bool {
	_, noHTTP := errors.AsType[garbledError](err)
	_, noHeader := errors.AsType[textproto.ProtocolError](err) // of a trailer, after the body
	return noHTTP || noHeader
}

// interrupted reports whether err is the end of a connection or of the request, and not about what the server said.
func interrupted(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, net.ErrClosed} {
		if errors.Is(err, end) {
			return true
		}
	}
	_, network := errors.AsType[net.Error](err)
	return network
}

// patience is how long to wait for an answer from u.
func (c *Client) patience(u *url.URL) time.Duration {
	if c.cfg.AskTimeout > 0 && c.ours(u) && strings.HasPrefix(u.Path, c.endpoint.Path+"/api/") {
		return c.cfg.AskTimeout
	}
	return c.cfg.Timeout
}
