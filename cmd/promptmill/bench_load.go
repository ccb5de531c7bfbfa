package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// loadFlags shape the load: what is sent when.
func loadFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "profile", Aliases: []string{"rate-type"}, Value: "synchronous", Usage: "`LIST` of synchronous, concurrent, throughput, constant, sweep"},
		&cli.StringFlag{Name: "rate", Usage: "requests per second of constant; `LIST`"},
		&cli.StringFlag{Name: "concurrency", Usage: "requests in flight of concurrent; `LIST`"},
		&cli.IntFlag{Name: "max-concurrency", Value: bench.DefaultThroughputSlots, Usage: "requests in flight of throughput: `N`"},
		&cli.IntFlag{Name: "sweep-size", Value: bench.DefaultSweepSize, Usage: "benchmarks in a sweep: `N`"},
	}
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
