package openai

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Retry says which failures of a request are followed by another attempt. A request of whose answer anything came is
// never sent again. Between two attempts is a pause that doubles from a quarter of a second to 30 s, or as long as the
// server asks for with Retry-After; a server that asks for more than 5 minutes is not waited for.
type Retry struct {
	Max      int    // attempts after the first; 0 means none
	Statuses []int  // of [KindHTTP]
	Kinds    []Kind // of failures before an answer, such as [KindRefused]
}

const (
	firstBackoff  = 250 * time.Millisecond
	maxBackoff    = 30 * time.Second
	maxRetryAfter = 5 * time.Minute
)

func (r *Retry) check() error {
	if r.Max < 0 {
		return errors.New("retries must not be negative")
	}
	for _, s := range r.Statuses {
		if s < 300 || s > 599 {
			return fmt.Errorf("retry on status %d: expected one that means a failure, 300 to 599", s)
		}
	}
	return nil
}

// wants says whether a request that failed for the n-th time, from 0, is to be sent again.
func (r *Retry) wants(n int, e *Error) bool {
	if n >= r.Max {
		return false
	}
	if e.Kind == KindHTTP {
		return slices.Contains(r.Statuses, e.Status)
	}
	return slices.Contains(r.Kinds, e.Kind)
}

// again says whether the request that failed with e is sent once more, and waits until it is time for that. The
// response is then as if nothing had come. A context that ends the wait ends the request: its error is returned.
func (x *exchange) again(ctx context.Context, e *Error) (bool, *Error) {
	r := x.resp
	if !x.client.retry.wants(r.Retries, e) || r.FirstChunk != 0 || x.retryAfter > maxRetryAfter {
		return false, e
	}
	pause := max(backoff(r.Retries), x.retryAfter)
	x.patience.attempt(x.client.clock.now() + int64(pause))
	wait := time.NewTimer(pause)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return false, x.teller().explainContext(context.Cause(ctx))
	}
	x.detach()
	x.url, x.retryAfter, x.latest = nil, 0, arrival{}
	r.Retries++
	r.HTTPStatus, r.Headers, r.Bytes, r.ErrorBody = 0, 0, 0, r.ErrorBody[:0]
	return true, nil
}

// backoff is the pause before retry n, from 0. It varies by half, so that requests that failed together do not come
// back together.
func backoff(n int) time.Duration {
	pause := min(firstBackoff<<min(n, 10), maxBackoff)
	return pause/2 + rand.N(pause)
}

// parseRetryAfter reads the header: seconds, or a date. What it cannot read is no wish.
func parseRetryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), int64(maxRetryAfter/time.Second)+1)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
