package openai

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// An engine carries requests to the server.
type engine interface {
	// attempt sends the exchange's request and returns the head of the response, with its body still to be read
	// and closed. It attaches the exchange to the connection before anything is written, and does not retry.
	// With fresh it uses a new connection. It leaves the exchange's request body alone once reply.sent is closed,
	// or at once when it returns an error.
	attempt(ctx context.Context, x *exchange, fresh bool) (reply, error)
	closeIdle()
	name() string
}

// A reply is the head of a response.
type reply struct {
	status                         int
	location, encoding, retryAfter string
	body                           io.ReadCloser
	giveUp                         func() // ends a read of body, at any time and from any goroutine
	sent                           <-chan struct{}
	bounded                        bool // the body has an end of its own, so that it can be whole and empty
}

// netHTTP is the engine on net/http: HTTP/1.1, or only HTTP/2, directly or through a proxy. It follows no redirects:
// exchange does.
type netHTTP struct {
	kept   *http.Transport
	fresh  func() *http.Transport // that never reuses a connection
	url    *url.URL
	host   string
	header http.Header
	http2  bool
}

func newNetHTTP(d *dialer, cfg Config, endpoint *url.URL, host string, header http.Header) *netHTTP {
	once := func() *http.Transport {
		t := newTransport(d, cfg)
		t.DisableKeepAlives = true
		return t
	}
	if !cfg.HTTP2 { // of which another request may take the connection that one makes
		shared := once()
		once = func() *http.Transport { return shared }
	}
	return &netHTTP{kept: newTransport(d, cfg), fresh: once, url: endpoint, host: host, header: header, http2: cfg.HTTP2}
}

func newTransport(d *dialer, cfg Config) *http.Transport {
	protocols, secure := new(http.Protocols), d.secure
	if cfg.HTTP2 {
		secure = d.secureHTTP2
	}
	protocols.SetHTTP1(!cfg.HTTP2)
	protocols.SetHTTP2(cfg.HTTP2)
	protocols.SetUnencryptedHTTP2(cfg.HTTP2)
	t := &http.Transport{
		DialContext:            d.plain,
		DialTLSContext:         secure,
		TLSClientConfig:        d.tls.Clone(), // beyond a proxy
		TLSHandshakeTimeout:    d.limit,       // there
		Protocols:              protocols,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    cmp.Or(cfg.Conns, math.MaxInt32),
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		ReadBufferSize:         8 << 10,
		WriteBufferSize:        8 << 10,
	}
	if cfg.Proxy != nil {
		t.Proxy, t.OnProxyConnectResponse = http.ProxyURL(cfg.Proxy), refusedByProxy
	}
	return t
}

func (h *netHTTP) attempt(ctx context.Context, x *exchange, fresh bool) (reply, error) {
	if !x.req.sendable() {
		return reply{}, errUnsendable
	}
	transport := h.kept
	if fresh {
		transport = h.fresh()
	}
	ctx, cancel := context.WithCancel(ctx)
	body := newUpload(x.req.Body)
	res, err := transport.RoundTrip(h.request(ctx, x, body))
	if err != nil {
		cancel()
		<-body.closed
		return reply{}, err
	}
	closeSwitched(res)
	var in io.ReadCloser = &cancelBody{res.Body, cancel}
	if x.conn == &x.unseen {
		in = x.clockReads(in)
	}
	return reply{
		status:     res.StatusCode,
		location:   res.Header.Get("Location"),
		encoding:   res.Header.Get("Content-Encoding"),
		retryAfter: res.Header.Get("Retry-After"),
		body:       in,
		giveUp:     cancel,
		sent:       body.closed,
		bounded:    res.ContentLength >= 0 || len(res.TransferEncoding) > 0 || res.ProtoMajor > 1,
	}, nil
}

// request builds the request. It has no GetBody, so net/http never sends it a second time by itself: an attempt that
// is not counted and whose clock does not restart would be a wrong measurement.
func (h *netHTTP) request(ctx context.Context, x *exchange, body *upload) *http.Request {
	header := x.req.header(h.header)
	if x.req.ID != "" {
		header = maps.Clone(header)
		header["X-Request-Id"] = []string{x.req.ID}
	}
	req := &http.Request{
		Method:        http.MethodPost,
		URL:           cmp.Or(x.url, h.url),
		Host:          h.host,
		Header:        header,
		Body:          body,
		ContentLength: int64(len(x.req.Body)),
	}
	// GotConn is called by the goroutine that called RoundTrip; most other hooks are not.
	return req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: x.gotConn}))
}

// get performs a GET that is not measured.
func (h *netHTTP) get(ctx context.Context, u *url.URL) (*http.Response, error) {
	header := maps.Clone(h.header)
	delete(header, "Content-Type")
	req := &http.Request{Method: http.MethodGet, URL: u, Host: h.host, Header: header}
	res, err := h.kept.RoundTrip(req.WithContext(ctx))
	if err == nil {
		closeSwitched(res)
	}
	return res, err
}

// refusedByProxy makes an error of a proxy that does not connect: net/http has the status text alone for it.
func refusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode == http.StatusOK {
		return nil
	}
	return &Error{Kind: KindConnect, Message: fmt.Sprintf("the proxy refuses to connect: %d %s", res.StatusCode, http.StatusText(res.StatusCode))}
}

// closeSwitched closes the body of a response that switched protocols: that is the bare connection, whose reads no
// context ends.
func closeSwitched(res *http.Response) {
	if res.StatusCode == http.StatusSwitchingProtocols {
		_ = res.Body.Close() // nothing of it is read
		res.Body = http.NoBody
	}
}

// A cancelBody releases the context of its request when it is closed.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *cancelBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel()
	return err
}

func (h *netHTTP) name() string {
	if h.http2 {
		return EngineHTTP2
	}
	return EngineNetHTTP
}

func (h *netHTTP) closeIdle() { h.kept.CloseIdleConnections() }

// An upload is a request body that tells when the transport is done with it: that may be after RoundTrip returned.
type upload struct {
	bytes.Reader
	closed chan struct{}
	once   sync.Once
}

func newUpload(b []byte) *upload {
	u := &upload{closed: make(chan struct{})}
	u.Reset(b)
	return u
}

// Close is called by the transport.
func (u *upload) Close() error {
	u.once.Do(func() { close(u.closed) })
	return nil
}
