package main

import (
	"errors"
	"slices"
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
