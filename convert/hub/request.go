package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/span"
	"github.com/promptmill/promptmill/convert/hub/internal/stall"
)

// maxRedirects is how many hops one request may take; the Hub itself needs two.
const maxRedirects = 10

// request is one GET of something.
type request struct {
	op    string // for errors
	repo  string // for advice
	url   *url.URL
	bytes span.Span // of what is behind the URL; the zero value asks for all of it, without a Range

	within time.Duration // longest wait for the whole body; 0: as long as it keeps coming
}

// open performs r with retries and returns an answer of 2xx, whose body the caller closes.
func (c *Client) open(ctx context.Context, r request) (*http.Response, error) {
	for tries := 0; ; tries++ {
		resp, err := c.follow(ctx, r)
		if err == nil {
			return resp, nil
		}
		if err := c.pause(ctx, err, tries); err != nil {
			return nil, err
		}
	}
}

// follow performs r once, hop by hop, and returns an answer of 2xx. Each hop decides anew whether it may see the
// token, which net/http would also send to sub-domains of the endpoint. After a hop to another host none may: that host
// could choose what is asked in the user's name.
func (c *Client) follow(ctx context.Context, r request) (*http.Response, error) {
	at, known := r.url, c.ours(r.url)
	for range maxRedirects {
		resp, err := c.hop(ctx, r, at, known)
		if err != nil {
			return nil, err
		}
		switch {
		case resp.StatusCode < 300:
			return resp, nil
		case resp.StatusCode < 400:
			drain(resp)
			if at, err = nextHop(r.op, at, resp); err != nil {
				return nil, err
			}
			known = known && c.ours(at)
		default:
			refused := c.refusal(r.op, r.repo, resp)
			drain(resp)
			return nil, refused
		}
	}
	return nil, distrust(r.op, r.url, "more than %d redirects", maxRedirects)
}

// hop sends one request, with the token if the place is known, and waits for the header of its answer.
func (c *Client) hop(ctx context.Context, r request, at *url.URL, known bool) (*http.Response, error) {
	token, err := c.token(ctx, known) // before the watch: getting one is no silence of this server
	if err != nil {
		return nil, err
	}
	if err := c.holdBack(ctx, r.op, at); err != nil {
		return nil, err
	}
	w := stall.New(ctx, c.patience(at))
	w.Within(r.within)
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, at.String(), nil)
	if err != nil {
		w.End()
		return nil, distrust(r.op, at, "not a URL to ask")
	}
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	req.Header.Set("Accept-Encoding", "identity") // compressed answers have neither ranges nor the listed length
	if r.bytes != (span.Span{}) {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", r.bytes.From, r.bytes.To-1))
	}
	bear(req, token)
	resp, err := c.roundTrip(req)
	if err != nil {
		w.End()
		return nil, c.unanswered(ctx, r.op, at, w.Explain(err))
	}
	c.answered.Store(true)
	resp.Body = w.Body(resp.Body)
	c.notice(at, resp.Header)
	return resp, nil
}

// ours reports whether u is on the endpoint's scheme, host and port.
func (c *Client) ours(u *url.URL) bool {
	return u.Scheme == c.endpoint.Scheme && strings.EqualFold(u.Host, c.endpoint.Host)
}

// nextHop returns where resp redirects to.
func nextHop(op string, at *url.URL, resp *http.Response) (*url.URL, error) {
	to, err := at.Parse(resp.Header.Get("Location"))
	switch {
	case err != nil || resp.Header.Get("Location") == "":
		return nil, doubt(op, at, "a redirect (%d) to no usable place", resp.StatusCode)
	case to.Scheme != "http" && to.Scheme != "https":
		return nil, distrust(op, at, "a redirect to a %s URL", to.Scheme)
	case at.Scheme == "https" && to.Scheme == "http":
		return nil, distrust(op, at, "a redirect from https to http, on which nothing is protected")
	case to.Host == "":
		return nil, distrust(op, at, "a redirect without a host")
	}
	to.User = nil // net/http would send it as credentials
	return to, nil
}

// unanswered is an error for a request that got no answer, or a caller's own end of it.
func (c *Client) unanswered(ctx context.Context, op string, at *url.URL, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if garbled(err) {
		return doubt(op, at, "the answer is not HTTP: is HF_ENDPOINT a Hub, and no proxy in the way?")
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // it repeats the URL, with the query
	}
	return &Error{Op: op, URL: cleanURL(at), Message: c.safe(err.Error()), Err: err, again: true, silent: true,
		Advice: "check the network, HF_ENDPOINT and the proxy variables"}
}

// drain reads the rest of a short body so that its connection can serve the next request.
func drain(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 16<<10) // a connection that cannot be reused is only slower
	_ = resp.Body.Close()
}
