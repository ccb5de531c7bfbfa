package hub

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/stall"
)

// sending is one request that carries something to a server.
type sending struct {
	op     string // for errors
	repo   string // for advice
	method string
	url    *url.URL
	kind   string // media type of the body
	body   content
	wait   time.Duration // longest wait for the answer once everything is sent; 0 is the client's own
	read   func(n int64) // told how much of the body was read in this try; nil: nobody asks
	once   bool          // a second try could do it twice: only where the server says that it has done nothing
}

// maxReply bounds the answer to something sent.
const maxReply = 16 << 20

// send performs s with retries and decodes the answer into v, unless that is nil. It returns the answer's header.
func (c *Client) send(ctx context.Context, s sending, v any) (http.Header, error) {
	for tries := 0; ; tries++ {
		h, err := c.trySend(ctx, s, v)
		if e, ok := errors.AsType[*Error](err); ok {
			e.Method = s.method
		}
		if err == nil || s.final(err) {
			return h, c.hush(err)
		}
		if err := c.pause(ctx, err, tries); err != nil {
			return nil, err
		}
	}
}

// final reports whether sending the same again is of no use, or could do it twice. An expired link needs another link.
func (s sending) final(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return !ok || expired(err) || s.once && e.Status != http.StatusTooManyRequests
}

// distrust is an error for an answer to s that came with success and cannot be true.
func (s sending) distrust(format string, args ...any) *Error {
	e := distrust(s.op, s.url, format, args...)
	e.Method = first(s.method, http.MethodPost)
	return e
}

// post sends a value as JSON to the Hub and decodes the answer into v.
func (c *Client) post(ctx context.Context, s sending, value, v any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	s.method, s.body, s.kind = http.MethodPost, bytesOf(raw), first(s.kind, "application/json")
	_, err = c.send(ctx, s, v)
	return err
}

// trySend performs s once, hop by hop. Only redirects that keep the method are followed, and only to where the body and
// the token may go: from the Hub to itself, as for a dataset with a new name, and from a storage host to another. A
// storage host that names a place at the Hub would choose what is done there in the user's name.
func (c *Client) trySend(ctx context.Context, s sending, v any) (http.Header, error) {
	at := s.url
	for range maxRedirects {
		resp, err := c.sendHop(ctx, s, at)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode < 300 {
			return resp.Header, c.reply(ctx, s, resp, v)
		}
		if resp.StatusCode >= 400 {
			refused := c.refusal(s.op, s.repo, resp)
			drain(resp)
			return nil, refused
		}
		drain(resp)
		to, err := nextHop(s.op, at, resp)
		if err != nil {
			return nil, err
		}
		keeps := slices.Contains([]int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, resp.StatusCode)
		if !keeps || c.ours(at) != c.ours(to) {
			return nil, distrust(s.op, at, "a redirect (%d) that an upload must not follow, to %s", resp.StatusCode, to.Host)
		}
		at = to
	}
	return nil, distrust(s.op, s.url, "more than %d redirects", maxRedirects)
}

// sendHop sends one request and waits for the header of its answer. The token goes to the endpoint's host only.
func (c *Client) sendHop(ctx context.Context, s sending, at *url.URL) (*http.Response, error) {
	token, err := c.token(ctx, c.ours(at)) // before the watch: getting one is no silence of this server
	if err != nil {
		return nil, err
	}
	if err := c.holdBack(ctx, s.op, at); err != nil {
		return nil, err
	}
	w := stall.New(ctx, max(c.cfg.Timeout, s.wait))
	w.Within(max(maxAnswerTime, s.wait))
	src, err := s.body.open()
	if err != nil {
		w.End()
		return nil, err
	}
	watched := &watchedSource{ReadCloser: src, w: w, told: s.read}
	req, err := http.NewRequestWithContext(w.Context(), s.method, at.String(), watched)
	if err != nil {
		w.End()
		return nil, errors.Join(distrust(s.op, at, "not a URL to ask"), src.Close())
	}
	req.ContentLength = s.body.size()
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	req.Header.Set("Accept-Encoding", "identity")
	if s.kind != "" {
		req.Header.Set("Content-Type", s.kind)
	}
	if strings.HasPrefix(s.kind, lfsMediaType) {
		req.Header.Set("Accept", lfsMediaType)
	}
	bear(req, token)
	resp, err := c.roundTrip(req)
	if err != nil {
		w.End()
		return nil, c.unsent(ctx, s, at, watched, w.Explain(err))
	}
	resp.Body = w.Body(resp.Body)
	c.notice(at, resp.Header)
	return resp, nil
}

// unsent is an error for a request that got no answer: because its body could not be read, or because of the server.
func (c *Client) unsent(ctx context.Context, s sending, at *url.URL, src *watchedSource, err error) error {
	if cause := src.failure(); cause != nil && ctx.Err() == nil {
		return cause
	}
	return c.unanswered(ctx, s.op, at, err)
}

// reply reads the answer to s.
func (c *Client) reply(ctx context.Context, s sending, resp *http.Response, v any) error {
	defer drain(resp)
	if v == nil {
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	switch {
	case err != nil:
		return c.unanswered(ctx, s.op, resp.Request.URL, err)
	case len(raw) > maxReply:
		return distrust(s.op, resp.Request.URL, "an answer of more than %d MiB", maxReply>>20)
	case json.Unmarshal(raw, v) != nil:
		return distrust(s.op, resp.Request.URL, "the answer is not the Hub's JSON: is HF_ENDPOINT a Hub, and no proxy in the way?")
	}
	return nil
}
