package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Client sends requests. Safe for concurrent use.
type Client struct {
	http      *netHTTP // also for everything that is not measured
	own       *http1   // nil when it cannot take the configuration
	engine    engine   // one of the two
	base      *url.URL // without a trailing slash
	clock     clock
	censor    censor
	timeout   time.Duration
	maxLine   int
	maxChunks int
	keepText  bool
	exchanges sync.Pool
}

const (
	defaultMaxLine   = 16 << 20
	defaultMaxChunks = 1 << 20
)

// New checks the configuration; it does not connect. An empty Endpoint means [Chat].
func New(cfg Config) (*Client, error) {
	base, err := parseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	endpoint := cmp.Or(cfg.Endpoint, Chat)
	if !strings.HasPrefix(string(endpoint), "/") {
		return nil, fmt.Errorf("endpoint %q: must begin with a slash, as in %s", endpoint, Chat)
	}
	if cfg.MaxLine < 0 || cfg.MaxChunks < 0 || cfg.Timeout < 0 || cfg.Conns < 0 {
		return nil, errors.New("MaxLine, MaxChunks, Timeout and Conns must not be negative")
	}
	header, host, err := headers(cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Epoch.IsZero() {
		cfg.Epoch = time.Now()
	}
	clk := clock{cfg.Epoch}
	dial, target := newDialer(cfg.TLS, clk), under(base, string(endpoint))
	c := &Client{
		http:      newNetHTTP(dial, cfg.Conns, target, host, header),
		base:      base,
		clock:     clk,
		censor:    newCensor(secrets(cfg)),
		timeout:   cfg.Timeout,
		maxLine:   cmp.Or(cfg.MaxLine, defaultMaxLine),
		maxChunks: cmp.Or(cfg.MaxChunks, defaultMaxChunks),
		keepText:  cfg.KeepText,
	}
	c.own, _ = newHTTP1(dial, cfg.Conns, target, host, header)
	if c.engine, err = c.choose(cfg.Engine); err != nil {
		return nil, err
	}
	c.exchanges.New = func() any { return &exchange{client: c} }
	return c, nil
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
	return nil, fmt.Errorf("engine %s: the target's host or one of the headers is not for it; use %s", name, EngineNetHTTP)
}

// Engine names what carries the requests, for the record of a run: [EngineHTTP1] or [EngineNetHTTP].
func (c *Client) Engine() string { return c.engine.name() }

// Do performs one request and fills resp, whose slices it reuses. It returns when the answer is complete or has
// failed; req.Body is not read after that.
func (c *Client) Do(ctx context.Context, req *Request, resp *Response) {
	x := c.exchange(req, resp)
	ctx, cancel := c.limit(ctx)
	defer cancel()
	x.finish(ctx)
}

// exchange returns one for the request, with resp emptied.
func (c *Client) exchange(req *Request, resp *Response) *exchange {
	*resp = Response{Chunks: resp.Chunks[:0], ChunkTokens: resp.ChunkTokens[:0], Text: resp.Text[:0]}
	if c.keepText && resp.Text == nil {
		resp.Text = []byte{}
	}
	x := c.exchanges.Get().(*exchange)
	x.req, x.resp, x.latest = req, resp, arrival{}
	return x
}

// release gives the exchange back.
func (c *Client) release(x *exchange) {
	x.detach()
	x.req, x.resp, x.line, x.started = nil, nil, nil, false
	c.exchanges.Put(x)
}

// CloseIdle closes the connections that no request uses.
func (c *Client) CloseIdle() {
	c.http.closeIdle()
	if c.own != nil {
		c.own.closeIdle()
	}
}

// parseBase reads Config.BaseURL.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("target URL cannot be parsed; expected something like http://127.0.0.1:8000")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("target URL must begin with http:// or https://, as in http://127.0.0.1:8000; its scheme is %q", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("target URL names no host; expected something like http://127.0.0.1:8000")
	case u.User != nil:
		return nil, errors.New("target URL must not hold a user and password; give an API key or a header")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("target URL must not have a query or fragment")
	}
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimRight(strings.TrimSuffix(path, "/v1"), "/")
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}, nil
}

// headers builds what goes with every request, and the Host to ask for, if it is not the URL's.
func headers(cfg Config) (h http.Header, host string, err error) {
	h = http.Header{
		"Content-Type": {"application/json"},
		"Accept":       {"text/event-stream, application/json"},
		"User-Agent":   {"promptmill"},
	}
	if cfg.APIKey != "" {
		if !validValue(cfg.APIKey) {
			return nil, "", errors.New("the API key has a character that cannot be sent in a header, maybe a line end")
		}
		h.Set("Authorization", "Bearer "+cfg.APIKey)
	}
	for name, value := range cfg.Header {
		switch {
		case !validName(name):
			return nil, "", fmt.Errorf("header %q: not a valid name", name)
		case !validValue(value):
			return nil, "", fmt.Errorf("header %s: its value has a character that cannot be sent, maybe a line end", name)
		case http.CanonicalHeaderKey(name) == "Host":
			host = value
		default:
			h.Set(name, value)
		}
	}
	return h, host, nil
}

func validName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	}) < 0
}

func validValue(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}

// secrets lists what must not appear in any message: the key, and the values of headers that sound like one. Values
// too short to be a credential would only make messages unreadable.
func secrets(cfg Config) []string {
	list := []string{cfg.APIKey}
	for name, value := range cfg.Header {
		if !secretName.MatchString(name) {
			continue
		}
		list = append(list, value)
		if _, credential, ok := strings.Cut(value, " "); ok { // after "Bearer" or "Basic"
			list = append(list, credential)
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return len(s) < 4 })
}

var secretName = regexp.MustCompile(`(?i)auth|key|token|secret|cookie|password`)

// under returns base with path, which begins with a slash, after its own.
func under(base *url.URL, path string) *url.URL {
	u := *base
	u.Path += path
	u.RawPath = ""
	return &u
}
