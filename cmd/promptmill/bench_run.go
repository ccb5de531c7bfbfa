package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/url"
	"strconv"
	"time"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// runBench performs the plan. It returns whether the results file was written, which it is also after an interrupt
// (exit code 5) and when no request succeeded (exit code 4).
func (a *app) runBench(ctx context.Context, plan *benchPlan) (written bool, err error) {
	epoch := plan.epoch()
	plan.client.Epoch = epoch
	client, err := openai.NewTargets(plan.client, plan.urls)
	if err != nil {
		return false, withCode(exitUsage, err)
	}
	defer client.CloseIdle()
	if err := a.findModel(ctx, client, plan); err != nil {
		return false, err
	}
	run := plan.describe(epoch, client)
	if run.Clock, err = a.awaitStart(ctx, plan); err != nil {
		return false, err
	}
	if err := plan.resumed.adopt(plan, run); err != nil {
		return false, err
	}
	sink, err := a.createResults(plan, run)
	if err != nil {
		return false, err
	}
	stopScrape, err := a.scrape(ctx, plan, client, sink)
	if err != nil {
		return false, errors.Join(err, sink.Abort())
	}
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard) // net/http tells it what servers send unasked; the requests that suffer have their errors
	counts := new(bench.Progress)
	if plan.view, err = a.startLive(plan, run, epoch, counts); err != nil {
		stopScrape()
		return false, errors.Join(err, sink.Abort())
	}
	defer plan.view.close()
	runner := &bench.Runner{
		Client: client, Sink: plan.view.sink(plan.scoring.sink(sink)), Prompts: plan.prompts.prompts,
		Body: plan.body.Append, Models: plan.models,
		Waiter: func() (pace.Waiter, error) { return pace.NewThread() },
		Epoch:  epoch, RunID: run.ID, Model: run.Model, Progress: counts,
		Shard: plan.shard, Start: plan.startAt,
		Sessions: plan.users.sessions, Cancel: plan.users.cancel, Prefill: plan.users.prefill, Seed: plan.users.seed, DropText: plan.dropsText(),
	}
	runner.Continue(plan.resumed.prompts())
	err = a.runCells(ctx, plan, runner, sink, run)
	stopScrape()
	client.CloseIdle() // closing the sink opens a file, and idle connections may be all that the process may have open
	if closeErr := sink.Close(run); err == nil {
		err = closeErr // a sink that had failed before says the same again
	}
	if err != nil {
		return false, fmt.Errorf("%w; `promptmill report %s` reads what had been written", err, plan.output)
	}
	return true, verdict(run, runner.Progress, plan.output)
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
		return bench.RequestsOnce(plan.prompts.prompts, plan.users.sessions)
	}
}

func verdict(run *results.Run, p *bench.Progress, path string) error {
	ok, failed := p.OK.Load(), p.Failed.Load()
	over := overLimit(run, path)
	switch {
	case run.Stopped != "":
		return withCode(exitPart, fmt.Errorf("stopped early (%s); the %d requests measured so far are in %s", run.Stopped, p.Done(), path))
	case over != nil:
		return over
	case ok == 0 && failed > 0 && !endedBy(run, bench.StopSaturated):
		return withCode(exitRemote, fmt.Errorf("none of the %d requests succeeded%s; their errors are in %s", failed, commonest(p), path))
	}
	return nil
}

// commonest tells the error that most requests ended with; "" where there is none.
func commonest(p *bench.Progress) string {
	text, n := p.Commonest()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of them: %s", n, printable(text))
}

// shardName is the shard in words; "" for a run that is whole.
func (plan *benchPlan) shardName() string {
	if plan.shard.Count <= 1 {
		return ""
	}
	return plan.shard.String()
}

// describe is the run as known before its first request.
func (plan *benchPlan) describe(epoch time.Time, targets *openai.Targets) *results.Run {
	return &results.Run{
		SchemaVersion: results.SchemaVersion,
		ID:            newRunID(),
		Tool:          "promptmill " + version(),
		StartedAt:     epoch,
		Target:        targets.String(),
		Endpoint:      string(plan.client.Endpoint),
		Model:         plan.model(),
		Engine:        targets.Engine(),
		Config:        plan.config,
		Prompts:       plan.prompts.set,
		Host:          describeHost(),
		Tokenizer:     plan.scoring.tokenizerName(),
		Manifest:      plan.prompts.manifest,
		Seed:          plan.seed,
		Shard:         plan.shardName(),
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
