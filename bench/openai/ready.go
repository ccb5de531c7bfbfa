package openai

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"
)

// maxModels is how much of a list of models is read, in bytes. Public routers list some hundred kilobytes.
const maxModels = 16 << 20

// Models returns the ids of GET /v1/models, in the server's order. A failure to get them is an [*Error].
func (c *Client) Models(ctx context.Context) ([]string, error) {
	_, body, err := c.get(ctx, modelsPath)
	if err != nil {
		return nil, err
	}
	ids, ok := modelIDs(body)
	if !ok {
		return nil, c.failf(KindBadStream, `GET %s: expected {"data":[{"id":...}]}, got: %s`, c.address.base.Path+modelsPath, describe(body))
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

// Ready says how to find out that a server is ready.
type Ready struct {
	Limit   time.Duration // of the wait; 0 or less means one attempt
	Path    string        // asked with GET; empty means /v1/models, and /health of a server that has no such list
	Waiting func(error)   // is told what the first attempt met, if there will be others; may be nil
}

// Paths that say whether a server is ready.
const (
	modelsPath = "/v1/models"
	healthPath = "/health"
)

// WaitReady asks the server until it answers with 200, or the limit has passed: while it refuses or drops connections,
// has not made its Unix socket, or says 503 (or a gateway before it 502 or 504), it waits. Any other answer is its error
// at once: an [*Error], as is what the last attempt met when the limit passes.
func (c *Client) WaitReady(ctx context.Context, r Ready) error {
	return waitReady(ctx, r, func(ctx context.Context) (wait bool, err error) {
		ctx, cancel := context.WithTimeoutCause(ctx, probeLimit, errProbe)
		defer cancel()
		status, err := c.probe(ctx, r.Path)
		return mayBecomeReady(status, err), err
	})
}

// probe asks once.
func (c *Client) probe(ctx context.Context, path string) (status int, err error) {
	status, _, err = c.get(ctx, cmp.Or(path, modelsPath))
	if path != "" || err == nil || !missing(status) {
		return status, err
	}
	if health, _, healthErr := c.get(ctx, healthPath); healthErr == nil || !missing(health) {
		return health, healthErr
	}
	return status, err
}

// missing says whether a status means that there is no such path.
func missing(status int) bool {
	return status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented
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
func waitReady(ctx context.Context, r Ready, probe func(context.Context) (wait bool, err error)) error {
	if r.Limit <= 0 {
		_, err := probe(ctx)
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, r.Limit, errNotReady)
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
		if pause == firstPause && r.Waiting != nil && limited.Err() == nil {
			r.Waiting(last)
		}
		select {
		case <-limited.Done():
		case <-time.After(pause):
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for the server: %w", context.Cause(ctx))
		}
		return fmt.Errorf("the server was not ready within %v: %w", r.Limit, last)
	}
}

func mayBecomeReady(status int, err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Kind {
	case KindRefused, KindReset, KindTimeoutConnect, KindTimeoutTotal:
		return true
	case KindConnect:
		return errors.Is(e.Err, fs.ErrNotExist)
	case KindCancelled:
		return errors.Is(e.Err, errProbe)
	case KindHTTP:
		return status == http.StatusServiceUnavailable || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
	}
	return false
}

// get performs a GET of a path of the server; a status other than 200 is an error.
func (c *Client) get(ctx context.Context, path string) (status int, body []byte, err error) {
	if c.limits.total > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.limits.total, errTimeout)
		defer cancel()
	}
	res, err := c.http.get(ctx, under(c.address.base, path))
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
