// Package clockdiff measures how far this machine's clock is from another's, by asking that one for its time over HTTP.
package clockdiff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// asks is how often the other machine is asked: of the answers, the fastest one tells most.
const asks = 16

// ErrNone reports a server that tells no time.
var ErrNone = errors.New("it tells no time")

// An Offset is how far another clock is from this one.
type Offset struct {
	Offset time.Duration // its time less that of this machine
	Error  time.Duration // by which Offset may be wrong, either way
}

// Measure asks url for its time, which it answers as {"unix_ns": N}: nanoseconds since 1970. The time it takes to ask is
// not known to be the same in both directions, so half of it is the error.
//
// An error wraps [ErrNone] where the server answers something else, and else says why there is no answer.
func Measure(ctx context.Context, client *http.Client, url string) (Offset, error) {
	var best Offset
	for i := range asks {
		o, err := ask(ctx, client, url)
		if err != nil {
			return Offset{}, err
		}
		if i == 0 || o.Error < best.Error {
			best = o
		}
	}
	return best, nil
}

func ask(ctx context.Context, client *http.Client, url string) (Offset, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Offset{}, err
	}
	before := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return Offset{}, err
	}
	took := time.Since(before)
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return Offset{}, err
	}
	var told struct {
		UnixNS *int64 `json:"unix_ns"`
	}
	if resp.StatusCode != http.StatusOK || json.Unmarshal(body, &told) != nil || told.UnixNS == nil {
		return Offset{}, fmt.Errorf("%w: expected 200 and {\"unix_ns\": N}, got %d", ErrNone, resp.StatusCode)
	}
	return Offset{Offset: time.Unix(0, *told.UnixNS).Sub(before.Add(took / 2)), Error: took / 2}, nil
}
