package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// loadFlags shape the load: what is sent when.
func loadFlags() []cli.Flag {
	text := func(name, usage string, aliases ...string) cli.Flag {
		return &cli.StringFlag{Name: name, Aliases: aliases, Usage: usage}
	}
	return []cli.Flag{
		&cli.StringFlag{
			Name: "profile", Aliases: []string{"rate-type"}, Value: "synchronous",
			Usage: "`LIST` of " + strings.Join(bench.ProfileNames(), ", ") + "; where --users, --ramp, --stages, --trace or --find-max is given, that",
		},
		text("rate", "requests per second of constant, poisson and gamma; where find-max begins; `LIST`"),
		text("concurrency", "requests in flight of concurrent; where find-max begins; `LIST`"),
		&cli.IntFlag{Name: "max-concurrency", Value: bench.DefaultThroughputSlots, Usage: "requests in flight of throughput, and at most of the profiles with a rate, where what is due then waits and its wait counts: `N` (with a rate: no such limit)"},
		&cli.Float64Flag{Name: "burstiness", Value: 1, Usage: "of gamma, as vLLM has it: `X` below 1 comes in bursts, 1 is poisson, more is evener"},
		text("rampup", "`TIME` in which the load grows from nothing: slots one by one, or the rate evenly"),
		text("ramp", "of ramp, such as 1/s..50/s:1m, or 1/s..64/s:1m:exp by the same factor each second: `RAMP`"),
		text("stages", "of stages, such as 10/s:30s,50/s:1m; one may be a ramp: `LIST`"),
		text("users", "of users, who send one request at a time; `LIST`"),
		text("think-time", "`TIME` between an answer and the next request of a user or a session, such as 2s or 2s..5s at random"),
		text("trace", "of trace: the instants, and prompts or lengths of answers where it has them, of a `FILE` as Mooncake (JSONL), Azure LLM or BurstGPT (CSV) publish it, or JSONL with timestamp_ms"),
		&cli.Float64Flag{Name: "speed", Value: 1, Usage: "of trace: `X` times as fast as it was"},
		&cli.IntFlag{Name: "sweep-size", Value: bench.DefaultSweepSize, Usage: "benchmarks in a sweep: `N`"},
		&cli.StringFlag{Name: "sweep-strategy", Value: "constant", Usage: "how the requests of sweep and find-max arrive: constant, poisson or gamma"},
		text("find-max", "the highest load that keeps an `SLO`, such as 'ttft.p99<=300ms,tpot<=50ms'"),
		&cli.StringFlag{Name: "find-max-over", Value: bench.OverRate, Usage: "what find-max varies: rate or concurrency"},
		&cli.IntFlag{Name: "find-max-repeats", Value: bench.DefaultSearchRepeats, Usage: "benchmarks of find-max under one load, at most, where fewer have too few requests to be sure: `N`"},
		&cli.Int64Flag{Name: "seed", Aliases: []string{"random-seed"}, Usage: "of everything random: the same `NUMBER` sends the same"},
	}
}

// implied are the flags that name a profile by themselves, and which.
var implied = []struct{ flag, profile string }{
	{"users", "users"}, {"ramp", "ramp"}, {"stages", "stages"}, {"trace", "trace"}, {"find-max", "find-max"},
}

// profileNames are the profiles that the command line asks for.
func profileNames(c *cli.Context) []string {
	if c.IsSet("profile") {
		return splitList(c.String("profile"))
	}
	var names []string
	for _, i := range implied {
		if c.String(i.flag) != "" {
			names = append(names, i.profile)
		}
	}
	if len(names) == 0 {
		return splitList(c.String("profile"))
	}
	return names
}

func (plan *benchPlan) readProfile(c *cli.Context) error {
	names := profileNames(c)
	if err := errors.Join(plan.checkShard(names), zeroLoad(c), unusedLoad(c, names)); err != nil {
		return err
	}
	o := bench.ProfileOptions{
		ThroughputSlots: c.Int("max-concurrency"), SweepSize: c.Int("sweep-size"),
		Arrivals: bench.Kind(c.String("sweep-strategy")), Burstiness: c.Float64("burstiness"), Seed: uint64(c.Int64("seed")),
	}
	if c.IsSet("max-concurrency") {
		o.Cap = c.Int("max-concurrency")
	}
	err := errors.Join(readLevels(c, names, &o), readShapes(c, &o), plan.readTrace(c, &o), plan.readSearch(c, &o))
	if err != nil {
		return err
	}
	plan.seed = c.Int64("seed")
	plan.profile, err = bench.ParseProfile(names, o)
	return err
}

// readLevels reads the numbers that make one benchmark each. The only profile may have them as --rate, as GuideLLM does:
// levels of concurrency, or the size of a sweep.
func readLevels(c *cli.Context, names []string, o *bench.ProfileOptions) (err error) {
	only := func(name string) bool { return len(names) == 1 && names[0] == name }
	if only("sweep") && c.String("rate") != "" {
		if c.IsSet("sweep-size") {
			return fmt.Errorf("--rate %s of a sweep is its size, and --sweep-size says another", c.String("rate"))
		}
		sizes, err := parseCounts("rate", c.String("rate"))
		if err != nil || len(sizes) != 1 {
			return fmt.Errorf("--rate %q of a sweep is its size: expected one whole number; a sweep finds its rates itself", c.String("rate"))
		}
		o.SweepSize = sizes[0]
		return nil
	}
	levels := c.String("concurrency")
	if levels == "" && only("concurrent") {
		levels = c.String("rate")
	}
	users, err1 := parseCounts("users", c.String("users"))
	counts, err2 := parseCounts("concurrency", levels)
	rates, err3 := parseRates(c.String("rate"))
	o.Concurrency, o.Users, o.Rates = counts, users, rates
	return errors.Join(err1, err2, err3)
}

// readShapes reads what describes a load beside its level.
func readShapes(c *cli.Context, o *bench.ProfileOptions) error {
	var errs [4]error
	o.Rampup, errs[0] = parseSeconds("--rampup", c.String("rampup"))
	o.Think, errs[1] = parsed(c, "think-time", bench.ParseThink)
	if c.Bool("sessions") {
		o.SessionThink = o.Think
	}
	o.Stages, errs[2] = parsed(c, "stages", bench.ParseStages)
	o.Ramp, errs[3] = parsed(c, "ramp", bench.ParseStages)
	if r := o.Ramp; r != nil && (len(r) != 1 || r[0].From == r[0].To) {
		errs[3] = fmt.Errorf("--ramp %q: expected two rates and a time, such as 1/s..50/s:1m; --stages takes several", c.String("ramp"))
	}
	return errors.Join(errs[:]...)
}

// parsed is the value of a flag, or nothing where it has none.
func parsed[T any](c *cli.Context, flag string, parse func(string) (T, error)) (value T, err error) {
	if text := c.String(flag); text != "" {
		if value, err = parse(text); err != nil {
			err = fmt.Errorf("--%s: %w", flag, err)
		}
	}
	return value, err
}
