package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxModels is how much of a list of models is read, in bytes. Public routers list some hundred kilobytes.
const maxModels = 16 << 20

// Models returns the ids of GET /v1/models, in the server's order. A failure to get them is an [*Error].
func (c *Client) Models(ctx context.Context) ([]string, error) {
	_, body, err := c.models(ctx)
	if err != nil {
		return nil, err
	}
	ids, ok := modelIDs(body)
	if !ok {
		return nil, c.failf(KindBadStream, `GET %s/v1/models: expected {"data":[{"id":...}]}, got: %s`, c.base.Path, describe(body))
	}
	return ids, nil
}

// modelIDs reads {"data":[{"id":…}]}, or the bare list that some servers send.
func modelIDs(body []byte) ([]string, bool) {
	type model struct{ ID string }
	var list struct{ Data []model }
	if json.Unmarshal(body, &list) != nil && json.Unmarshal(body, &list.Data) != nil {
		return nil, false
	}
	if list.Data == nil {
		return nil, false
	}
	ids := make([]string, 0, len(list.Data))
	for _, m := range list.Data {
		if m.ID != "" {
			ids = append(ids, m.ID)
		}
	}
	return ids, true
}

// WaitReady asks /v1/models until it answers with 200, or limit has passed: while the server refuses or drops
// connections, or says 503 (or a gateway before it 502 or 504), it waits. Any other answer is its error at once:
// an [*Error], as is what the last attempt met when the limit passes. A limit of 0 or less means one attempt.
func (c *Client) WaitReady(ctx context.Context, limit time.Duration) error {
	return waitReady(ctx, limit, func(ctx context.Context) (wait bool, err error) {
		ctx, cancel := context.WithTimeoutCause(ctx, probeLimit, errProbe)
		defer cancel()
		status, _, err := c.models(ctx)
		return mayBecomeReady(status, err), err
	})
}

const (
	probeLimit = 10 * time.Second // for one attempt
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
)

var (
	errNotReady = errors.New("the server was not ready in time")
	errProbe    = fmt.Errorf("no answer within %v", probeLimit)
)

// waitReady calls probe, pausing longer and longer, until it has no error, or one that waiting cannot mend.
func waitReady(ctx context.Context, limit time.Duration, probe func(context.Context) (wait bool, err error)) error {
	if limit <= 0 {
		_, err := probe(ctx)
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, limit, errNotReady)
	defer cancel()
	var last error
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		wait, err := probe(limited)
		switch {
		case err == nil:
			return nil
		case limited.Err() == nil && !wait:
			return err
		case limited.Err() == nil || last == nil: // an attempt that the limit cut off says less than one before it
			last = err
		}
		select {
		case <-limited.Done():
		case <-time.After(pause):
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for the server: %w", context.Cause(ctx))
		}
		return fmt.Errorf("the server was not ready within %v: %w", limit, last)
	}
}

func mayBecomeReady(status int, err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Kind {
	case KindRefused, KindReset, KindTimeout:
		return true
	case KindCancelled:
		return errors.Is(e.Err, errProbe)
	case KindHTTP:
		return status == http.StatusServiceUnavailable || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
	}
	return false
}

// models performs GET /v1/models; a status other than 200 is an error.
func (c *Client) models(ctx context.Context) (status int, body []byte, err error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	res, err := c.http.get(ctx, under(c.base, "/v1/models"))
	if err != nil {
		return 0, nil, c.explain(ctx, err, gotNothing)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, errorBody))
		rep := reply{status: res.StatusCode, location: res.Header.Get("Location"), retryAfter: res.Header.Get("Retry-After")}
		return res.StatusCode, nil, c.refusal(rep, describe(text))
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, maxModels))
	if err != nil {
		return res.StatusCode, nil, c.explain(ctx, err, gotHeaders)
	}
	return res.StatusCode, body, nil
}
