package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/metrics"
)

// readSearch reads what find-max looks for, and where.
func (plan *benchPlan) readSearch(c *cli.Context, o *bench.ProfileOptions) error {
	slo, err := parsed(c, "find-max", metrics.ParseSLO)
	if slo == nil {
		return err
	}
	over := c.String("find-max-over")
	if over != bench.OverRate && over != bench.OverConcurrency {
		return fmt.Errorf("--find-max-over %q: expected rate or concurrency", over)
	}
	from, err := parseRates(c.String(over)) // the flags are called as what they vary
	if err != nil || len(from) > 1 || over == bench.OverConcurrency && len(o.Concurrency) != len(from) {
		return fmt.Errorf("--%s %q: expected the one load that find-max begins with", over, c.String(over))
	}
	o.Search = &bench.Search{SLO: slo, Over: over, Repeats: c.Int("find-max-repeats")}
	if len(from) == 1 {
		o.Search.From = from[0]
	}
	plan.slo = slo
	return nil
}
