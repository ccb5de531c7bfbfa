package main

import (
	"errors"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/trace"
)

// benchPlan is a bench command line, understood.
type benchPlan struct {
	promptPath     string
	output         string
	prompts        *promptFile
	profile        bench.Profile
	limits         bench.Limits
	client         openai.Config
	urls           []string // of the targets
	readyPath      string
	body           openai.BodyOptions
	headers        *openai.HeaderTemplates // of single requests; nil without any
	models         openai.Mix              // more than one model
	scoring        scoring
	serverMetrics  string // URL, "off", or "" for those of the targets
	users          userPlan
	shard          bench.Shard // the part of the run that this process sends; zero is all of it
	startAt        time.Time   // when it begins; zero is at once
	clockReference string      // URL; "" is the server of a shard, if it is a mock
	seed           int64
	slo            *metrics.SLO      // of find-max; nil without it
	trace          *trace.Trace      // nil without one
	cells          []*benchPlan      // one for each combination of options that differ within the run; nil when none does
	vary           map[string]string // of a cell: those options
	repeat         int               // how often all of it is run
	between        time.Duration     // without load between two benchmarks
	resumed        *resumption       // what goes on; nil for a run that begins
	recalled       []bench.Outcome   // of a cell: what an earlier process has found out with it
	wait           time.Duration
	live           liveOptions
	view           *liveView      // what is seen of the run, once it goes
	config         map[string]any // every flag and its value, for the results
}

// planBench reads the command line and the prompts; nothing has been sent when it returns.
func (a *app) planBench(c *cli.Context) (*benchPlan, error) {
	if err := applyGuideLLM(c); err != nil {
		return nil, err
	}
	plan := &benchPlan{output: c.String("output"), config: a.flagValues(c)}
	for _, step := range []func(*cli.Context, *benchPlan) error{a.planPlaces, a.planOptions, a.planPrompts, a.fitPrompts} {
		if err := step(c, plan); err != nil {
			return nil, err
		}
	}
	return plan, plan.openResumed(c)
}

// planPlaces reads where things come from, where they go, and which part of the run this process is.
func (a *app) planPlaces(c *cli.Context, plan *benchPlan) (err error) {
	if plan.live, err = a.readLive(c); err != nil {
		return err
	}
	if err := a.readShard(c, plan); err != nil {
		return err
	}
	if err := plan.openTrace(c); err != nil {
		return err
	}
	if err := refuseHub("bench", c.Args().Slice()); err != nil {
		return err
	}
	if len(c.StringSlice("target")) == 0 && !c.Bool("dry-run") {
		return usagef("--target is missing: the URL of the server, such as http://127.0.0.1:8000")
	}
	if err := checkOutput(plan.output); err != nil {
		return err
	}
	return a.refuseInput(plan.output, append(given(c), plan.promptPath)...)
}

// planOptions reads what is done there.
func (a *app) planOptions(c *cli.Context, plan *benchPlan) error {
	if err := errors.Join(plan.readClient(c), plan.readVary(c), plan.readServerMetrics(c)); err != nil {
		return withCode(exitUsage, err)
	}
	if _, err := readSLO(c); err != nil {
		return err
	}
	return a.readConnection(c, plan)
}

// planPrompts reads the prompts, unless the trace has its own.
func (a *app) planPrompts(c *cli.Context, plan *benchPlan) (err error) {
	if plan.prompts == nil {
		plan.prompts, err = a.readPrompts(c.Context, plan.promptPath, promptOptions{
			schema: c.String("schema"), unchecked: c.Bool("no-validate"), fields: plan.headers != nil || plan.body.Template != nil,
		})
	}
	return err
}

// fitPrompts holds the options against the prompts.
func (a *app) fitPrompts(c *cli.Context, plan *benchPlan) error {
	for _, cell := range plan.runs() {
		if err := cell.checkLimits(); err != nil {
			return err
		}
	}
	if err := a.checkBodies(c.Context, plan); err != nil {
		return err
	}
	if err := a.planScoring(c, plan); err != nil {
		return err
	}
	return plan.planUsers()
}

// notConfig are flags that do not shape a run, and URLs, which the run has without secrets.
var notConfig = []string{"target", "clock-reference", "scenario", "backend", "constraint", "server-metrics", "otlp", "self-check", "dry-run", "price-in", "price-out", "quiet", "no-progress", "help"}

// serversOwn are flags that no request has unless they are given: the 0 of one that is not would read as 0 sent.
var serversOwn = []string{"temperature", "top-p", "sampling-seed"}

// flagValues is the configuration that goes into the results: what was set and what was left at its default.
func (a *app) flagValues(c *cli.Context) map[string]any {
	values := make(map[string]any)
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		v := c.Value(name)
		switch value := v.(type) {
		case string:
			v = a.named(value)
		case cli.StringSlice:
			v = value.Value()
		}
		if slices.Contains(serversOwn, name) && !c.IsSet(name) {
			v = nil
		}
		if !slices.Contains(notConfig, name) {
			values[name] = v
		}
	}
	return values
}
