package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/promptmill/promptmill/convert/hub/internal/wire"
)

// Bounds on one answer in JSON.
const (
	maxAnswer     = 64 << 20         // bytes
	maxAnswerTime = 10 * time.Minute // of waiting for them
	maxLink       = 8 << 10          // bytes of the URL of the next page
)

// json decodes the answer to r into v and returns the URL of the next page, if there is one.
func (c *Client) json(ctx context.Context, r request, v any) (*url.URL, error) {
	return c.answer(ctx, r, func(body io.Reader) error {
		raw, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, v)
	})
}

// answer has read decode the answer to r and returns the URL of the next page, if there is one. A connection that is cut
// in the middle and an answer of which read makes no sense count as failed tries, so read can be called several times;
// its error is final when it is a [listingError].
func (c *Client) answer(ctx context.Context, r request, read func(io.Reader) error) (*url.URL, error) {
	r.within = maxAnswerTime
	for tries := 0; ; tries++ {
		resp, err := c.open(ctx, r)
		if err != nil {
			return nil, err
		}
		body := &boundedBody{r: resp.Body, left: maxAnswer}
		err = read(body)
		_ = resp.Body.Close() // nothing is left to lose
		if err == nil {
			next, err := c.nextPage(r.op, resp.Request.URL, resp.Header.Values("Link"))
			return next, c.hush(err)
		}
		if err := c.pause(ctx, c.misread(ctx, r, body, err), tries); err != nil {
			return nil, err
		}
	}
}

// misread is the error for an answer of which only body could be read.
func (c *Client) misread(ctx context.Context, r request, body *boundedBody, err error) error {
	_, isUntrue := errors.AsType[listingError](err)
	switch {
	case body.failed != nil:
		return c.unanswered(ctx, r.op, r.url, body.failed)
	case body.left < 0:
		return distrust(r.op, r.url, "an answer of more than %d MiB", maxAnswer>>20)
	case isUntrue:
		return distrust(r.op, r.url, "%v", err)
	}
	return doubt(r.op, r.url, "the answer is not the Hub's JSON: is HF_ENDPOINT a Hub, and no proxy in the way?")
}

// boundedBody is the start of a body, and remembers why that is not all.
type boundedBody struct {
	r      io.Reader
	left   int64 // bytes; negative: there were more
	failed error // what the network said
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(int64(len(p)), max(b.left, 0)+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("more than %d bytes", maxAnswer)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.failed = err
	}
	return n, err
}

// nextPage returns the URL of the page after the one at at, or nil after the last. The listing goes on only at
// the same place: another host would see the token, or could add files.
func (c *Client) nextPage(op string, at *url.URL, headers []string) (*url.URL, error) {
	target := wire.NextLink(headers)
	if target == "" {
		return nil, nil
	}
	to, err := at.Parse(target)
	switch {
	case len(target) > maxLink:
		return nil, distrust(op, at, "the link to the next page of the listing has %d bytes", len(target))
	case err != nil || !c.ours(to) || to.User != nil:
		return nil, distrust(op, at, "the next page of the listing is on another host: expected %s", c.endpoint.Host)
	}
	return to, nil
}
