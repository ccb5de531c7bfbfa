package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// loadUses says which profiles use a flag; the first is the one to suggest.
var loadUses = []struct {
	flag     string
	profiles []string
}{
	{"rate", []string{"constant", "async", "poisson", "gamma", "concurrent", "sweep", "find-max"}},
	{"concurrency", []string{"concurrent", "find-max"}},
	{"users", []string{"users"}},
	{"burstiness", []string{"gamma", "sweep", "find-max"}},
	{"rampup", []string{"constant", "async", "poisson", "gamma", "concurrent", "users", "throughput"}},
	{"ramp", []string{"ramp"}},
	{"stages", []string{"stages"}},
	{"trace", []string{"trace", "replay"}},
	{"speed", []string{"trace", "replay"}},
	{"sweep-size", []string{"sweep"}},
	{"sweep-strategy", []string{"sweep", "find-max"}},
	{"find-max", []string{"find-max"}},
	{"find-max-over", []string{"find-max"}},
}

// zeroLoad is the error of a number that was given as 0: it is no way to choose the default.
func zeroLoad(c *cli.Context) error {
	for _, name := range []string{"max-concurrency", "sweep-size", "find-max-repeats"} {
		if n := c.Int(name); n < 1 && c.IsSet(name) {
			return fmt.Errorf("--%s %d: expected at least 1", name, n)
		}
	}
	if x := c.Float64("burstiness"); !(x > 0) {
		return fmt.Errorf("--burstiness %v: expected a number above 0 (1 is poisson, less comes in bursts, more is evener)", x)
	}
	return nil
}

// unusedLoad is the error of a flag that none of the profiles would use: the measurement would not be the one that was
// asked for.
func unusedLoad(c *cli.Context, names []string) error {
	for _, u := range loadUses {
		if !c.IsSet(u.flag) {
			continue
		}
		if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(u.profiles, n) }) {
			return fmt.Errorf("--%s %v: no profile in %s uses it; add --profile %s", u.flag, c.Value(u.flag), strings.Join(names, ","), u.profiles[0])
		}
	}
	if c.IsSet("think-time") && !slices.Contains(names, "users") && !c.Bool("sessions") {
		return fmt.Errorf("--think-time %s: no profile in %s uses it; add --users or --sessions", c.String("think-time"), strings.Join(names, ","))
	}
	return unusedLevel(c, names)
}

// unusedLevel is the error of a level of the load that find-max, alone, does not vary.
func unusedLevel(c *cli.Context, names []string) error {
	if len(names) != 1 || names[0] != "find-max" {
		return nil
	}
	over, other := c.String("find-max-over"), bench.OverConcurrency
	if over == bench.OverConcurrency {
		other = bench.OverRate
	}
	if c.String(other) != "" {
		return fmt.Errorf("--%s %s: find-max varies the %s; begin with --%s, or choose with --find-max-over", other, c.String(other), over, over)
	}
	return nil
}
