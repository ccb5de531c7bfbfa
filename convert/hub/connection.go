package hub

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/proxy"
)

// plainClient returns a client that follows no redirect and keeps no cookies, on the transport that cfg asks for.
func plainClient(cfg Config) (*http.Client, error) {
	out := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if cfg.HTTP != nil && cfg.HTTP.Transport != nil {
		out.Transport = cfg.HTTP.Transport
	} else {
		t, err := ownTransport(cfg)
		if err != nil {
			return nil, err
		}
		out.Transport = t
	}
	if cfg.Debug {
		out.Transport = traced{out.Transport, cfg.Logf}
	}
	return out, nil
}

// ownTransport returns the connections of a client that was given none.
func ownTransport(cfg Config) (t *http.Transport, err error) {
	t = &http.Transport{}
	if d, ok := http.DefaultTransport.(*http.Transport); ok {
		t = d.Clone()
	}
	t.MaxIdleConnsPerHost = 2 * maxConnections
	t.Protocols = new(http.Protocols) // HTTP/2 would put all ranges of a file on one connection
	t.Protocols.SetHTTP1(true)
	t.Proxy, err = proxy.For(cfg.AllProxy, cfg.NoProxy)
	return t, err
}

// patience is how long to wait for an answer from u.
func (c *Client) patience(u *url.URL) time.Duration {
	if c.cfg.AskTimeout > 0 && c.ours(u) && strings.HasPrefix(u.Path, c.endpoint.Path+"/api/") {
		return c.cfg.AskTimeout
	}
	return c.cfg.Timeout
}
