package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// limitFlags say when a benchmark ends.
func limitFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "max-requests", Usage: "end each benchmark after `N` requests"},
		&cli.StringFlag{Name: "max-seconds", Usage: "end each benchmark after this `TIME`"},
		&cli.StringFlag{Name: "grace", Value: "30", Usage: "`TIME` that requests in flight may take after --max-seconds"},
	}
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
