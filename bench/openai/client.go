package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Client sends requests to one server. Safe for concurrent use.
type Client struct {
	teller
	http      *netHTTP // also for everything that is not measured
	own       *http1   // nil when it cannot take the configuration
	engine    engine   // one of the two
	address   address
	label     string // of the responses
	clock     clock
	retry     Retry
	maxLine   int
	maxChunks int
	keepText  bool
	tongue    tongue
	exchanges sync.Pool
}

const (
	defaultMaxLine        = 16 << 20
	defaultMaxChunks      = 1 << 18
	defaultConnectTimeout = 30 * time.Second
)

// New checks the configuration; it does not connect. An empty Endpoint means [Chat].
func New(cfg Config) (*Client, error) {
	at, err := parseAddress(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	endpoint := cmp.Or(cfg.Endpoint, Chat)
	if !strings.HasPrefix(string(endpoint), "/") {
		return nil, fmt.Errorf("endpoint %q: must begin with a slash, as in %s", endpoint, Chat)
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	header, host, err := headers(cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Epoch.IsZero() {
		cfg.Epoch = time.Now()
	}
	cfg.ConnectTimeout = cmp.Or(cfg.ConnectTimeout, defaultConnectTimeout)
	clk := clock{cfg.Epoch}
	dial, target := newDialer(cfg, at.socket, clk), under(at.base, string(endpoint))
	c := &Client{
		teller: teller{
			newCensor(secrets(cfg)), limits{cfg.ConnectTimeout, cfg.FirstTokenTimeout, cfg.TokenTimeout, cfg.Timeout},
		},
		http:      newNetHTTP(dial, cfg, target, host, header),
		address:   at,
		clock:     clk,
		retry:     cfg.Retry,
		maxLine:   cmp.Or(cfg.MaxLine, defaultMaxLine),
		maxChunks: cmp.Or(cfg.MaxChunks, defaultMaxChunks),
		keepText:  cfg.KeepText,
		tongue:    endpoint.api().tongue(),
	}
	if !cfg.HTTP2 && cfg.Proxy == nil {
		c.own, _ = newHTTP1(dial, cfg.Conns, target, host, header)
	}
	if c.engine, err = c.choose(cfg.Engine); err != nil {
		return nil, err
	}
	c.exchanges.New = func() any { return &exchange{client: c} }
	return c, nil
}

// check refuses numbers and combinations that mean nothing.
func (cfg *Config) check() error {
	if cfg.MaxLine < 0 || cfg.MaxChunks < 0 || cfg.Conns < 0 {
		return errors.New("MaxLine, MaxChunks and Conns must not be negative")
	}
	if cfg.ConnectTimeout < 0 || cfg.FirstTokenTimeout < 0 || cfg.TokenTimeout < 0 || cfg.Timeout < 0 {
		return errors.New("a timeout must not be negative")
	}
	if p := cfg.Proxy; p != nil {
		if !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, p.Scheme) || p.Hostname() == "" {
			return errors.New("proxy: expected a URL such as http://proxy:3128; its scheme may be http, https, socks5 or socks5h")
		}
		if strings.HasPrefix(cfg.BaseURL, "unix:") || strings.HasPrefix(cfg.BaseURL, "http+unix:") {
			return errors.New("proxy: a Unix socket is not reached through one")
		}
	}
	return cfg.Retry.check()
}

// choose returns the engine of the given name, or with none the best there is.
func (c *Client) choose(name string) (engine, error) {
	const here = runtime.GOOS == "linux" // elsewhere an idle connection cannot be asked whether it is still one
	switch {
	case name == EngineNetHTTP:
		return c.http, nil
	case name != "" && name != EngineHTTP1:
		return nil, fmt.Errorf("engine %q: expected %s or %s", name, EngineHTTP1, EngineNetHTTP)
	case c.own != nil && here:
		return c.own, nil
	case name == "":
		return c.http, nil
	case !here:
		return nil, fmt.Errorf("engine %s: not on %s; use %s", name, runtime.GOOS, EngineNetHTTP)
	}
	return nil, fmt.Errorf("engine %s speaks neither HTTP/2 nor to a proxy, and sends no Host or Connection header of the caller's; use %s", name, EngineNetHTTP)
}

// Engine names what carries the requests, for the record of a run: [EngineHTTP1], [EngineNetHTTP] or [EngineHTTP2].
func (c *Client) Engine() string { return c.engine.name() }

// Address is where the server is, without secrets: a URL, that of a Unix socket included.
func (c *Client) Address() string { return c.address.name() }

// Do performs one request and fills resp, whose slices it reuses. It returns when the answer is complete or has
// failed; req.Body is not read after that.
func (c *Client) Do(ctx context.Context, req *Request, resp *Response) {
	x := c.exchange(req, resp)
	ctx, cancel := x.limit(ctx)
	defer cancel()
	x.finish(ctx)
}

// exchange returns one for the request, with resp emptied.
func (c *Client) exchange(req *Request, resp *Response) *exchange {
	*resp = Response{
		Chunks: resp.Chunks[:0], ChunkTokens: resp.ChunkTokens[:0], Text: resp.Text[:0], ErrorBody: resp.ErrorBody[:0],
		Target: c.label,
	}
	if c.keepText && resp.Text == nil {
		resp.Text = []byte{}
	}
	x := c.exchanges.Get().(*exchange)
	x.req, x.resp, x.latest, x.patience = req, resp, arrival{}, nil
	return x
}

// release gives the exchange back.
func (c *Client) release(x *exchange) {
	x.detach()
	x.req, x.resp, x.line, x.url, x.patience, x.started = nil, nil, nil, nil, nil, false
	c.exchanges.Put(x)
}

// CloseIdle closes the connections that no request uses.
func (c *Client) CloseIdle() {
	c.http.closeIdle()
	if c.own != nil {
		c.own.closeIdle()
	}
}
