package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// gcPercent trades memory for fewer collections while requests are being timed.
const gcPercent = 400

// runBench performs the plan. It returns whether the results file was written, which it is also after an interrupt
// (exit code 5) and when no request succeeded (exit code 4).
func (a *app) runBench(ctx context.Context, plan *benchPlan) (written bool, err error) {
	epoch := time.Now()
	plan.client.Epoch = epoch
	client, err := openai.New(plan.client)
	if err != nil {
		return false, withCode(exitUsage, err)
	}
	defer client.CloseIdle()
	if err := a.findModel(ctx, client, plan); err != nil {
		return false, err
	}
	run := plan.describe(epoch, client.Engine())
	sink, err := results.Create(plan.output, run)
	if err != nil {
		return false, err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard) // net/http tells it what servers send unasked; the requests that suffer have their errors
	runner := &bench.Runner{
		Client: client, Sink: sink, Prompts: plan.prompts.prompts,
		Body:   func(dst []byte, m []openai.Message) []byte { return openai.AppendBody(dst, plan.body, m) },
		Waiter: func() (pace.Waiter, error) { return pace.NewThread() },
		Epoch:  epoch, RunID: run.ID, Progress: new(bench.Progress),
	}
	err = a.runProfile(ctx, plan, runner, sink, run)
	client.CloseIdle() // closing the sink opens a file, and idle connections may be all that the process may have open
	if closeErr := sink.Close(run); err == nil {
		err = closeErr // a sink that had failed before says the same again
	}
	if err != nil {
		return false, fmt.Errorf("%w; `promptmill report %s` reads what had been written", err, plan.output)
	}
	return true, verdict(run, runner.Progress, plan.output)
}

// runProfile runs one strategy after another, and describes each in run. An interrupt ends it without an error.
func (a *app) runProfile(ctx context.Context, plan *benchPlan, r *bench.Runner, sink *results.Writer, run *results.Run) error {
	var done []bench.Outcome
	for {
		s, ok := plan.profile.Next(done)
		if !ok {
			return nil
		}
		select {
		case <-ctx.Done(): // between two benchmarks
			run.Stopped = bench.StopInterrupted
			return nil
		default:
		}
		if plan.noProgress {
			a.logf("%s ...", s)
		}
		line := a.startBenchProgress(s.String(), r.Progress, plan.limits, plan.requests(), plan.noProgress)
		b, outcome, err := r.Run(ctx, len(done), s, plan.limits)
		line.close()
		run.Benchmarks = append(run.Benchmarks, b)
		if err != nil {
			return err
		}
		if err := sink.Update(run); err != nil { // windows and health survive a kill in a later benchmark
			return err
		}
		a.logf("%s: %s requests/s, ended by %s", s, perSecond(outcome.RequestsPerSecond), b.StopReason)
		if b.StopReason == bench.StopInterrupted {
			run.Stopped = bench.StopInterrupted
			return nil
		}
		done = append(done, outcome)
	}
}

// perSecond prints a rate with three digits, or all of those before the point.
func perSecond(rate float64) string {
	if rate >= 100 {
		return strconv.FormatFloat(rate, 'f', 0, 64)
	}
	return strconv.FormatFloat(rate, 'g', 3, 64)
}

// requests is how many requests a benchmark of the plan sends, or 0 when time decides.
func (plan *benchPlan) requests() int {
	switch {
	case plan.limits.MaxRequests > 0:
		return plan.limits.MaxRequests
	case plan.limits.MaxDuration > 0:
		return 0
	default:
		return len(plan.prompts.prompts)
	}
}

func verdict(run *results.Run, p *bench.Progress, path string) error {
	ok, failed := p.OK.Load(), p.Failed.Load()
	switch {
	case run.Stopped != "":
		return withCode(exitPart, fmt.Errorf("stopped early (%s); the %d requests measured so far are in %s", run.Stopped, ok+failed, path))
	case ok == 0 && failed > 0:
		return withCode(exitRemote, fmt.Errorf("none of the %d requests succeeded; their errors are in %s", failed, path))
	}
	return nil
}

// findModel waits for the server and asks it for a model when none was named.
func (a *app) findModel(ctx context.Context, client *openai.Client, plan *benchPlan) error {
	if err := client.WaitReady(ctx, plan.wait); err != nil && (plan.body.Model == "" || !hasNoList(err)) {
		return remote(ctx, fmt.Errorf("no server is ready at %s: %w; start it, wait longer with --wait, or mend --target",
			withoutSecrets(plan.client.BaseURL), err))
	}
	if plan.body.Model != "" {
		return nil
	}
	listing, cancel := context.WithTimeout(ctx, max(plan.wait, listingLimit))
	defer cancel()
	models, err := client.Models(listing)
	if err != nil {
		return remote(ctx, err)
	}
	if len(models) == 0 {
		return withCode(exitRemote, fmt.Errorf("the server lists no model; name one with --model"))
	}
	plan.body.Model = models[0]
	if len(models) > 1 {
		a.logf("using model %s, the first of %d that the server lists; choose with --model", models[0], len(models))
	}
	return nil
}

// listingLimit is the least time that a server has to list its models.
const listingLimit = 10 * time.Second

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

// describe is the run as known before its first request.
func (plan *benchPlan) describe(epoch time.Time, engine string) *results.Run {
	return &results.Run{
		SchemaVersion: results.SchemaVersion,
		ID:            newRunID(),
		Tool:          "promptmill " + version(),
		StartedAt:     epoch,
		Target:        withoutSecrets(plan.client.BaseURL),
		Endpoint:      string(plan.client.Endpoint),
		Model:         plan.body.Model,
		Engine:        engine,
		Config:        plan.config,
		Prompts:       plan.prompts.set,
		Host:          describeHost(),
		Manifest:      plan.prompts.manifest,
	}
}

func newRunID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return hex.EncodeToString(b[:])
}

// withoutSecrets takes user, password, query and fragment off a URL.
func withoutSecrets(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
