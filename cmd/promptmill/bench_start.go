package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/promptmill/promptmill/bench/clockdiff"
	"github.com/promptmill/promptmill/bench/results"
)

// startLead is how long before the agreed instant the clock of a run begins: what is asked of the server before the first
// request has its instants, too, and shards have the same clock to the nanosecond.
const startLead = time.Second

// clockLimit is how long asking another clock may take.
const clockLimit = 10 * time.Second

// parseInstant reads when a run begins; "" is the zero time.
func parseInstant(text string) (at time.Time, err error) {
	now := time.Now()
	switch {
	case text == "":
		return at, nil
	case text[0] == '+':
		d, err := parseSeconds("--start-at", text[1:])
		return now.Add(d), err
	case text[0] == '@':
		s, err := strconv.ParseFloat(text[1:], 64)
		if err != nil || !(s >= 0 && s < 1e11) {
			return at, fmt.Errorf("--start-at %q: expected seconds since 1970 after @", text)
		}
		whole, part := math.Modf(s)
		at = time.Unix(int64(whole), int64(math.Round(part*1e6))*1e3)
	default:
		if at, err = time.Parse(time.RFC3339, strings.ToUpper(text)); err != nil {
			return at, fmt.Errorf("--start-at %q: expected a time such as 2026-01-31T12:00:00Z, @1769860800 or +30s", text)
		}
	}
	if late := now.Sub(at); late > 0 {
		return at, fmt.Errorf("--start-at %s is %v past, so the shards would not begin together: give them an instant that each reaches, such as @$(($(date +%%s)+60))",
			text, late.Round(time.Millisecond))
	}
	return now.Add(at.Sub(now)), nil // with the reading of the monotonic clock
}

// epoch is from when the instants of the run count.
func (plan *benchPlan) epoch() time.Time {
	switch {
	case plan.resumed != nil:
		return plan.resumed.epoch()
	case plan.startAt.IsZero():
		return time.Now()
	}
	return plan.startAt.Add(-startLead)
}

// awaitStart measures the clock where that is wanted, and waits until the run's clock begins. An instant that passed while
// the server was awaited is an error.
func (a *app) awaitStart(ctx context.Context, plan *benchPlan) (*results.Clock, error) {
	told, err := a.measureClock(ctx, plan)
	if err != nil || plan.startAt.IsZero() {
		return told, err
	}
	if late := time.Since(plan.startAt); late > 0 {
		return nil, withCode(exitPart, fmt.Errorf("--start-at passed %v ago, while the server was awaited: give the shards a later instant", late.Round(time.Millisecond)))
	}
	a.logf("waiting for %s", plan.startAt.UTC().Format(time.RFC3339Nano))
	timer := time.NewTimer(time.Until(plan.startAt.Add(-startLead)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return told, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// measureClock asks the reference how far its clock is from ours: the one that is named, or for a shard the server, in case
// that is a mock. Other servers tell no time but in whole seconds, which is too coarse; then nothing is known.
func (a *app) measureClock(ctx context.Context, plan *benchPlan) (*results.Clock, error) {
	reference := cmp.Or(plan.clockReference, plan.mockClock())
	if reference == "" {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, clockLimit)
	defer cancel()
	transport := &http.Transport{TLSClientConfig: plan.client.TLS}
	defer transport.CloseIdleConnections()
	o, err := clockdiff.Measure(ctx, &http.Client{Transport: transport}, reference)
	switch {
	case err != nil && plan.clockReference != "":
		if e, ok := errors.AsType[*url.Error](err); ok { // which has the URL with all that is in it
			err = e.Err
		}
		return nil, withCode(exitRemote, fmt.Errorf("--clock-reference %s: %w", withoutSecrets(reference), err))
	case err != nil:
		a.logf("the server does not tell its clock, so nothing is known of how far this machine's is off; --clock-reference names one that does")
		return nil, nil
	}
	a.logf("the clock of %s is %v from this machine's, within %v", withoutSecrets(reference), o.Offset, o.Error)
	return &results.Clock{Reference: withoutSecrets(reference), OffsetNS: o.Offset.Nanoseconds(), ErrorNS: o.Error.Nanoseconds()}, nil
}

// mockClock is where the server of a shard tells its time if it is a mock.
func (plan *benchPlan) mockClock() string {
	if plan.shard.Count <= 1 {
		return ""
	}
	u, err := url.Parse(plan.urls[0])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Path, u.RawPath, u.RawQuery, u.Fragment = "/mock/time", "", "", ""
	return u.String()
}
