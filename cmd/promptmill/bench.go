package main

import (
	"errors"
	"slices"

	"github.com/urfave/cli/v2"
)

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
		Flags: slices.Concat(
			inGroup("Wire", wireFlags()), inGroup("Body", bodyFlags()), inGroup("Load", loadFlags()), inGroup("Limits", limitFlags()),
			inGroup("Load", userFlags()), inGroup("Load", varyFlags()), inGroup("Load", scenarioFlags()), inGroup("Load", shardFlags()),
			inGroup("Scoring", scoreFlags()), inGroup("Scoring", sloFlags()), inGroup("Prompts", promptFlags()), inGroup("Output", outputFlags()), inGroup("Output", resumeFlags()), inGroup("Output", serverFlags()), inGroup("Live", liveFlags()),
			inGroup("Plan", planFlags()),
		),
		Action: a.bench,
	}
}

func (a *app) bench(c *cli.Context) error {
	a.quiet = c.Bool("quiet")
	if c.Bool("self-check") {
		return a.selfCheck(c.Context, selfCheckScreen(c))
	}
	plan, err := a.planBench(c)
	if err != nil {
		return err
	}
	defer func() { _ = plan.resumed.close() }() // was only read
	if c.Bool("dry-run") {
		return a.dryRun(c, plan)
	}
	if plan.resumed.complete() {
		return a.leaveComplete(plan)
	}
	written, err := a.runBench(c.Context, plan)
	if !written || c.Bool("quiet") {
		return err
	}
	if plan.shard.Count > 1 {
		a.logf("%s has the requests of shard %v; promptmill merge makes one file of all %d, to be reported", plan.output, plan.shard, plan.shard.Count)
		return err
	}
	return errors.Join(err, a.printReport(plan.output))
}

// promptFlags say how the prompt file is read.
func promptFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "schema", Usage: "what the lines of JSONL prompts must be: strict, messages, sharegpt, ..., or a `FILE` (default: what the manifest says, else by the keys of the first line, else strict)"},
		&cli.StringFlag{Name: "data", Hidden: true, Usage: "the prompt file, as GuideLLM has it: `FILE`"},
		&cli.BoolFlag{Name: "no-validate", Usage: "send a prompt file that validate refuses"},
	}
}

// outputFlags say what a run leaves behind and prints.
func outputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "results.parquet", Usage: "results `FILE`"},
		&cli.BoolFlag{Name: "keep-text", Usage: "keep the answers in the results"},
		&cli.BoolFlag{Name: "no-progress", Usage: "no progress line"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no report on stdout at the end, and nothing but errors and warnings on stderr"},
	}
}
