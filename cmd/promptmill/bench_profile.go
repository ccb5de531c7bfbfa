package main

import (
	"context"
	"slices"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// runCells runs the profile of each cell of the plan, as often as the plan repeats it. An interrupt ends it without an
// error.
func (a *app) runCells(ctx context.Context, plan *benchPlan, r *bench.Runner, sink *results.Writer, run *results.Run) error {
	for i, cell := range plan.runs() {
		cell.view, cell.recalled = plan.view, plan.resumed.done(i)
		if cell.body.Model == "" {
			cell.body.Model = plan.body.Model // which the server may have been asked for
		}
		cell.equip(r)
		if err := a.runProfile(ctx, cell, r, sink, run); err != nil || run.Stopped != "" {
			return err
		}
	}
	return nil
}

// equip gives the runner what may differ between the cells of a plan.
func (plan *benchPlan) equip(r *bench.Runner) {
	r.Body, r.Models, r.Model = plan.body.Append, plan.models, plan.body.Model
	r.Headers = plan.ownHeaders()
	r.Cancel, r.Prefill, r.SLO = plan.users.cancel, plan.users.prefill, plan.slo
	r.Trend = bench.Chooses(plan.profile)
}

// runProfile runs one strategy after another, and describes each in run.
func (a *app) runProfile(ctx context.Context, plan *benchPlan, r *bench.Runner, sink *results.Writer, run *results.Run) error {
	done := slices.Clone(plan.recalled)
	defer func() { a.conclude(plan, done, run) }()
	for {
		s, ok := plan.profile.Next(done)
		if !ok {
			return nil
		}
		if len(run.Benchmarks) > 0 {
			plan.rest(ctx.Done())
		}
		if ctx.Err() != nil { // between two benchmarks
			run.Stopped = bench.StopInterrupted
			return nil
		}
		b, outcome, err := a.runStrategy(ctx, plan, s, r, len(run.Benchmarks))
		run.Benchmarks = append(run.Benchmarks, b)
		if err != nil {
			return err
		}
		if err := sink.Update(run); err != nil { // windows and health survive a kill in a later benchmark
			return err
		}
		if b.StopReason == bench.StopInterrupted { // what it has cut off tells nothing of the load
			run.Stopped = bench.StopInterrupted
			return nil
		}
		done = append(done, outcome)
	}
}

// runStrategy runs one benchmark, and says so.
func (a *app) runStrategy(ctx context.Context, plan *benchPlan, s bench.Strategy, r *bench.Runner, index int) (results.Benchmark, bench.Outcome, error) {
	name := printable(plan.loadName(s))
	if plan.live.screen == liveOff {
		a.logf("%s ...", name)
	}
	plan.view.begin(index, name, s, plan.limits, int(plan.shard.Of(int64(plan.requests()))))
	b, outcome, err := r.Run(ctx, index, s, plan.limits)
	plan.view.end()
	b.Vary = plan.vary
	if err == nil {
		a.logf("%s: %s requests/s, %s", name, perSecond(outcome.RequestsPerSecond), ended(&b))
		a.caveats(name, b.StopReason, outcome)
	}
	return b, outcome, err
}

// caveats warns of a benchmark whose figures are of nothing, or only of those requests that had it easy.
func (a *app) caveats(name, reason string, o bench.Outcome) {
	if !o.Measured && reason != bench.StopInterrupted {
		a.logf("NOTHING MEASURED: %s was over before its warm-up was; shorten the warm-up or send more", name)
	}
	if o.NotSent > 0 {
		a.logf("NOT ALL SENT: in %s %d requests that were due were held back by the cap until the end; the scheduled latency is of the others, and shorter than users would have seen", name, o.NotSent)
	}
}

// conclude says and records what a profile that chose its loads has found.
func (a *app) conclude(plan *benchPlan, done []bench.Outcome, run *results.Run) {
	e, ok := plan.profile.(bench.Explainer)
	if !ok || len(done) == 0 {
		return
	}
	text := e.Explain(done)
	if text == "" {
		return
	}
	text = plan.varied() + text
	a.logf("%s", printable(text))
	if run.Conclusion != "" {
		run.Conclusion += " "
	}
	run.Conclusion += text
	if chain, ok := plan.profile.(bench.Chain); ok {
		run.Search = chain.Search(done)
	}
}
