package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
	"github.com/promptmill/promptmill/bench/pace"
	"github.com/promptmill/promptmill/bench/results"
)

// gcPercent trades memory for fewer collections while requests are being timed.
const gcPercent = 400

func (a *app) benchCommand() *cli.Command {
	return &cli.Command{
		Name:      "bench",
		Usage:     "send prompts to a server and record when everything happened",
		ArgsUsage: "PROMPTS.txt|PROMPTS.jsonl|-",
		Description: `Examples:
  promptmill bench prompts.jsonl --target http://127.0.0.1:8000 --max-requests 50
  promptmill bench prompts.txt --target http://127.0.0.1:1234 --profile synchronous,throughput,constant \
      --rate 0.5 --max-seconds 60 --max-tokens 128 -o results.parquet
  promptmill bench --self-check          how exact this machine's own measurements are

The API key is read from PROMPTMILL_API_KEY or OPENAI_API_KEY, never from the command line.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "target", Usage: "`URL` of the server, such as http://127.0.0.1:8000"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "results.parquet", Usage: "results `FILE`"},
			&cli.StringFlag{Name: "profile", Aliases: []string{"rate-type"}, Value: "synchronous", Usage: "`LIST` of synchronous, concurrent, throughput, constant, sweep"},
			&cli.StringFlag{Name: "rate", Usage: "requests per second of constant; `LIST`"},
			&cli.StringFlag{Name: "concurrency", Usage: "requests in flight of concurrent; `LIST`"},
			&cli.IntFlag{Name: "max-concurrency", Value: bench.DefaultThroughputSlots, Usage: "requests in flight of throughput: `N`"},
			&cli.IntFlag{Name: "sweep-size", Value: bench.DefaultSweepSize, Usage: "benchmarks in a sweep: `N`"},
			&cli.IntFlag{Name: "max-requests", Usage: "end each benchmark after `N` requests"},
			&cli.StringFlag{Name: "max-seconds", Usage: "end each benchmark after this `TIME`"},
			&cli.StringFlag{Name: "grace", Value: "30", Usage: "`TIME` that requests in flight may take after --max-seconds"},
			&cli.StringFlag{Name: "timeout", Value: "10m", Usage: "`TIME` that one request may take"},
			&cli.IntFlag{Name: "max-tokens", Usage: "longest answer, in tokens: `N`"},
			&cli.StringFlag{Name: "model", Usage: "model `NAME` (default: the first that the server lists)"},
			&cli.StringFlag{Name: "endpoint", Value: "chat", Usage: "chat (/v1/chat/completions) or completions (/v1/completions)"},
			&cli.StringFlag{Name: "wait", Value: "10", Usage: "`TIME` to wait for a server that is not ready"},
			&cli.BoolFlag{Name: "keep-text", Usage: "keep the answers in the results"},
			&cli.StringFlag{Name: "schema", Usage: "of JSONL prompts: strict, messages, sharegpt, ... (default: the manifest's, else strict)"},
			&cli.BoolFlag{Name: "no-validate", Usage: "send a prompt file that validate refuses"},
			&cli.BoolFlag{Name: "no-progress", Usage: "no progress line"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no report on stdout at the end"},
			&cli.BoolFlag{Name: "self-check", Usage: "measure this machine against the built-in server instead, and print the error"},
		},
		Action: a.bench,
	}
}

// benchPlan is a bench command line, understood.
type benchPlan struct {
	promptPath string
	output     string
	prompts    *promptFile
	profile    bench.Profile
	limits     bench.Limits
	client     openai.Config
	body       openai.BodyOptions
	wait       time.Duration
	noProgress bool
	config     map[string]any // every flag and its value, for the results
}

func (a *app) bench(c *cli.Context) error {
	if c.Bool("self-check") {
		return a.selfCheck(c.Context)
	}
	plan, err := a.planBench(c)
	if err != nil {
		return err
	}
	err = a.runBench(c.Context, plan)
	if c.Bool("quiet") || (err != nil && exitCode(err) != exitPart && exitCode(err) != exitRemote) {
		return err
	}
	if _, statErr := os.Stat(plan.output); statErr != nil {
		return err
	}
	return errors.Join(err, a.printReport(plan.output))
}

// planBench reads the command line and the prompts; nothing has been sent when it returns.
func (a *app) planBench(c *cli.Context) (*benchPlan, error) {
	if c.NArg() != 1 {
		return nil, usagef("bench takes one prompt file, or - for standard input; got %d arguments (see promptmill bench --help)", c.NArg())
	}
	if c.String("target") == "" {
		return nil, usagef("--target is missing: the URL of the server, such as http://127.0.0.1:8000")
	}
	if o := c.String("output"); o == "-" || o == "" {
		return nil, usagef("--output %q: results are a parquet file, which needs a name", o)
	}
	plan := &benchPlan{
		promptPath: c.Args().First(), output: c.String("output"),
		noProgress: c.Bool("no-progress") || c.Bool("quiet"), config: flagValues(c),
	}
	if err := errors.Join(plan.readProfile(c), plan.readLimits(c), plan.readClient(c, a.getenv)); err != nil {
		return nil, withCode(exitUsage, err)
	}
	var err error
	plan.prompts, err = a.readPrompts(c.Context, plan.promptPath, promptOptions{schema: c.String("schema"), unchecked: c.Bool("no-validate")})
	return plan, err
}

func (plan *benchPlan) readProfile(c *cli.Context) error {
	names := splitList(c.String("profile"))
	rates, err := parseRates(c.String("rate"))
	if err != nil {
		return err
	}
	levels := c.String("concurrency")
	if levels == "" && len(names) == 1 && names[0] == string(bench.Concurrent) {
		levels = c.String("rate") // as GuideLLM has it
	}
	concurrency, err := parseCounts("concurrency", levels)
	if err != nil {
		return err
	}
	plan.profile, err = bench.ParseProfile(names, bench.ProfileOptions{
		Rates: rates, Concurrency: concurrency,
		ThroughputSlots: c.Int("max-concurrency"), SweepSize: c.Int("sweep-size"),
	})
	return err
}

func (plan *benchPlan) readLimits(c *cli.Context) error {
	if n := c.Int("max-requests"); n < 0 || (n == 0 && c.IsSet("max-requests")) {
		return fmt.Errorf("--max-requests %d: expected at least 1", n)
	}
	duration, err1 := parseSeconds("--max-seconds", c.String("max-seconds"))
	grace, err2 := parseSeconds("--grace", c.String("grace"))
	wait, err3 := parseSeconds("--wait", c.String("wait"))
	if c.IsSet("max-seconds") && duration == 0 && err1 == nil {
		err1 = fmt.Errorf("--max-seconds 0: expected more than no time")
	}
	plan.limits = bench.Limits{MaxRequests: c.Int("max-requests"), MaxDuration: duration, Grace: grace}
	plan.wait = wait
	return errors.Join(err1, err2, err3)
}

func (plan *benchPlan) readClient(c *cli.Context, getenv func(string) string) error {
	endpoints := map[string]openai.Endpoint{
		"chat": openai.Chat, string(openai.Chat): openai.Chat, "chat_completions": openai.Chat,
		"completions": openai.Completions, string(openai.Completions): openai.Completions, "text_completions": openai.Completions,
	}
	endpoint, ok := endpoints[c.String("endpoint")]
	if !ok {
		return fmt.Errorf("--endpoint %q: expected chat or completions", c.String("endpoint"))
	}
	if c.Int("max-tokens") < 0 {
		return fmt.Errorf("--max-tokens %d: expected at least 1, or 0 for the server's own limit", c.Int("max-tokens"))
	}
	timeout, err := parseSeconds("--timeout", c.String("timeout"))
	key := getenv("PROMPTMILL_API_KEY")
	if key == "" {
		key = getenv("OPENAI_API_KEY")
	}
	plan.client = openai.Config{
		BaseURL: c.String("target"), Endpoint: endpoint, APIKey: strings.TrimSpace(key),
		KeepText: c.Bool("keep-text"), Timeout: timeout,
	}
	plan.body = openai.BodyOptions{Endpoint: endpoint, Model: c.String("model"), MaxTokens: c.Int("max-tokens")}
	return err
}

// flagValues is the configuration that goes into the results: what was set and what was left at its default.
func flagValues(c *cli.Context) map[string]any {
	values := make(map[string]any)
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if v := c.Value(name); !slices.Contains([]string{"target", "self-check", "help", "version"}, name) { // the target is in the run, without secrets
			values[name] = v
		}
	}
	return values
}

// runBench performs the plan and leaves the results file. It returns an error with exit code 5 after an interrupt
// and 4 when no request succeeded; the file is there in both cases.
func (a *app) runBench(ctx context.Context, plan *benchPlan) error {
	epoch := time.Now()
	plan.client.Epoch = epoch
	client, err := openai.New(plan.client)
	if err != nil {
		return withCode(exitUsage, err)
	}
	defer client.CloseIdle()
	if err := a.findModel(ctx, client, plan); err != nil {
		return err
	}
	run := plan.describe(epoch)
	sink, err := results.Create(plan.output, run)
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	runner := &bench.Runner{
		Client: client, Sink: sink, Prompts: plan.prompts.prompts,
		Body:   func(dst []byte, m []openai.Message) []byte { return openai.AppendBody(dst, plan.body, m) },
		Waiter: func() (pace.Waiter, error) { return pace.NewThread() },
		Epoch:  epoch, RunID: run.ID, Progress: new(bench.Progress),
	}
	if err := a.runProfile(ctx, plan, runner, run); err != nil {
		return errors.Join(err, sink.Close(run))
	}
	if err := sink.Close(run); err != nil {
		return err
	}
	return verdict(run, runner.Progress, plan.output)
}

// runProfile runs one strategy after another, and describes each in run.
func (a *app) runProfile(ctx context.Context, plan *benchPlan, r *bench.Runner, run *results.Run) error {
	var done []bench.Outcome
	for ctx.Err() == nil {
		s, ok := plan.profile.Next(done)
		if !ok {
			return nil
		}
		if plan.noProgress {
			a.logf("%s ...", s)
		}
		line := a.startProgress(s.String(), r.Progress, plan.limits, plan.requests(), plan.noProgress)
		b, outcome, err := r.Run(ctx, len(done), s, plan.limits)
		line.close()
		if b.Health.Pacing = "none"; s.Rate > 0 {
			b.Health.Pacing = "thread"
		}
		run.Benchmarks = append(run.Benchmarks, b)
		if err != nil {
			return err
		}
		a.logf("%s: %.3g requests/s, ended by %s", s, outcome.RequestsPerSecond, b.StopReason)
		done = append(done, outcome)
	}
	run.Stopped = "interrupted"
	return nil
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
	if err := client.WaitReady(ctx, plan.wait); err != nil {
		return remote(ctx, fmt.Errorf("no server is ready at %s: %w; start it, wait longer with --wait, or mend --target",
			withoutSecrets(plan.client.BaseURL), err))
	}
	if plan.body.Model != "" {
		return nil
	}
	models, err := client.Models(ctx)
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

// remote gives an error of the server its exit code, unless the user ended the wait for it.
func remote(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return withCode(exitRemote, err)
}
