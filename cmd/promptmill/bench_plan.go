package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/openai"
)

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

// planBench reads the command line and the prompts; nothing has been sent when it returns.
func (a *app) planBench(c *cli.Context) (*benchPlan, error) {
	if c.NArg() != 1 {
		return nil, usagef("bench takes one prompt file, or - for standard input; got %d arguments (see promptmill bench --help)", c.NArg())
	}
	if err := refuseHub("bench", c.Args().Slice()); err != nil {
		return nil, err
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
	if err := unusedLoad(c, names); err != nil {
		return err
	}
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

// unusedLoad is the error of a rate or concurrency that none of the profiles would use: the measurement would not be
// the one that was asked for.
func unusedLoad(c *cli.Context, names []string) error {
	uses := func(kind bench.Kind) bool { return slices.Contains(names, string(kind)) }
	switch {
	case c.String("rate") != "" && !uses(bench.Constant) && !uses(bench.Concurrent):
		return fmt.Errorf("--rate %s: no profile in %q uses it; add --profile constant", c.String("rate"), names)
	case c.String("concurrency") != "" && !uses(bench.Concurrent):
		return fmt.Errorf("--concurrency %s: no profile in %q uses it; add --profile concurrent", c.String("concurrency"), names)
	}
	return nil
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
		KeepText: c.Bool("keep-text"), Timeout: timeout, Engine: c.String("engine"),
	}
	plan.body = openai.BodyOptions{Endpoint: endpoint, Model: c.String("model"), MaxTokens: c.Int("max-tokens")}
	return err
}

// notConfig are flags that do not shape a run, and the target, which the run has without secrets.
var notConfig = []string{"target", "self-check", "quiet", "no-progress", "help"}

// flagValues is the configuration that goes into the results: what was set and what was left at its default.
func flagValues(c *cli.Context) map[string]any {
	values := make(map[string]any)
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if v := c.Value(name); !slices.Contains(notConfig, name) {
			values[name] = v
		}
	}
	return values
}
