package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/openai"
)

// readConnection reads the files that the connection needs, and says aloud what is unusual about it.
func (a *app) readConnection(c *cli.Context, plan *benchPlan) error {
	if err := errors.Join(a.readSecrets(c, plan), plan.unusedTLS(c)); err != nil {
		return err
	}
	if p := plan.client.Proxy; p != nil {
		a.logf("requests go through the proxy %s: its time is in every figure", withoutSecrets(p.String()))
	}
	var err error
	plan.client.TLS, err = a.readTLS(c)
	return err
}

// findModel waits for the servers and asks them for a model when none was named.
func (a *app) findModel(ctx context.Context, targets *openai.Targets, plan *benchPlan) error {
	ready, err := a.waitReady(ctx, targets, plan)
	if err != nil || plan.body.Model != "" {
		return err
	}
	listing, cancel := context.WithTimeout(ctx, max(plan.wait, listingLimit))
	defer cancel()
	models, err := ready.Models(listing)
	if err != nil {
		return remote(ctx, err)
	}
	if len(models) == 0 {
		return withCode(exitRemote, errors.New("the server lists no model; name one with --model"))
	}
	plan.body.Model = models[0]
	if len(models) > 1 {
		a.logf("using model %s, the first of %d that the server lists; choose with --model", models[0], len(models))
	}
	return nil
}

// listingLimit is the least time that a server has to list its models.
const listingLimit = 10 * time.Second

// waitReady waits for each target, and returns the first that is ready. That others are not is said, and their requests
// are sent and counted all the same.
func (a *app) waitReady(ctx context.Context, targets *openai.Targets, plan *benchPlan) (ready *openai.Client, err error) {
	clients := targets.Clients()
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for i, client := range clients {
		all.Go(func() { errs[i] = a.waitFor(ctx, client, plan) })
	}
	all.Wait()
	for i, client := range clients {
		switch {
		case errs[i] == nil && ready == nil:
			ready = client
		case errs[i] != nil && len(clients) > 1 && ctx.Err() == nil:
			a.logf("%v; what is sent there is counted as it fails", errs[i])
		}
	}
	if ready == nil {
		return nil, remote(ctx, fmt.Errorf("%w; %s", errs[0], readyAdvice(errs[0], plan)))
	}
	return ready, nil
}

// waitFor waits for one server, and says what it waits for.
func (a *app) waitFor(ctx context.Context, client *openai.Client, plan *benchPlan) error {
	err := client.WaitReady(ctx, openai.Ready{Limit: plan.wait, Path: plan.readyPath, Waiting: func(err error) {
		a.logf("waiting up to %v for %s: %v", plan.wait, client.Address(), err)
	}})
	if err == nil || plan.readyPath == "" && plan.body.Model != "" && hasNoList(err) {
		return nil
	}
	return fmt.Errorf("no server is ready at %s: %w", client.Address(), err)
}

// hasNoList reports whether a server that answers lists no models, which it need not when the model is named.
func hasNoList(err error) bool {
	e, ok := errors.AsType[*openai.Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented)
}

// remote gives an error of the server its exit code, unless the user ended the wait for it.
func remote(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return withCode(exitRemote, err)
}
