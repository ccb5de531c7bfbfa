package main

import (
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
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
			&cli.IntFlag{Name: "max-tokens", Usage: "longest answer, in tokens: `N`; 0 is the server's own limit"},
			&cli.StringFlag{Name: "model", Usage: "model `NAME` (default: the first that the server lists)"},
			&cli.StringFlag{Name: "endpoint", Value: "chat", Usage: "chat (/v1/chat/completions) or completions (/v1/completions)"},
			&cli.StringFlag{Name: "engine", Usage: "`NAME` of what carries the requests: http1, which is promptmill's own, or net/http (default: the first where it can be had)"},
			&cli.StringFlag{Name: "wait", Value: "10", Usage: "`TIME` to wait for a server that is not ready"},
			&cli.BoolFlag{Name: "keep-text", Usage: "keep the answers in the results"},
			&cli.StringFlag{Name: "schema", Usage: "what the lines of JSONL prompts must be: strict, messages, sharegpt, ..., or a `FILE` (default: what the manifest says, else by the keys of the first line, else strict)"},
			&cli.BoolFlag{Name: "no-validate", Usage: "send a prompt file that validate refuses"},
			&cli.BoolFlag{Name: "no-progress", Usage: "no progress line"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no report on stdout at the end"},
			&cli.BoolFlag{Name: "self-check", Usage: "measure this machine against the built-in server instead, and print the error"},
		},
		Action: a.bench,
	}
}

func (a *app) bench(c *cli.Context) error {
	if c.Bool("self-check") {
		return a.selfCheck(c.Context)
	}
	plan, err := a.planBench(c)
	if err != nil {
		return err
	}
	written, err := a.runBench(c.Context, plan)
	if !written || c.Bool("quiet") {
		return err
	}
	return errors.Join(err, a.printReport(plan.output))
}
