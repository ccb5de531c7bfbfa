package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
)

// limitFlags say when a benchmark ends, and which part of it is measured.
func limitFlags() []cli.Flag {
	return slices.Concat(endFlags(), failureFlags())
}

func endFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "max-requests", Usage: "end each benchmark after `N` requests"},
		&cli.StringFlag{Name: "max-seconds", Usage: "end each benchmark after this `TIME`"},
		&cli.StringFlag{Name: "grace", Value: "30", Usage: "`TIME` that requests in flight may take after --max-seconds or too many errors, before they are cut off"},
		&cli.StringFlag{Name: "warmup", Usage: "leave the first requests out of the figures: `PART` is a number of them, a time or a share, such as 20, 10s or 5%"},
		&cli.StringFlag{Name: "cooldown", Usage: "leave the last requests out of the figures: `PART` as of --warmup"},
	}
}

func failureFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "max-errors", Usage: "end each benchmark when `N` of its requests have failed; exit 1"},
		&cli.StringFlag{Name: "max-error-rate", Usage: "end each benchmark when this `SHARE` of the last requests has failed, such as 10%; exit 1"},
		&cli.StringFlag{Name: "max-global-error-rate", Usage: "end each benchmark when this `SHARE` of all its requests has failed; exit 1"},
		&cli.IntFlag{Name: "error-window", Value: bench.DefaultErrorWindow, Usage: "requests that an error rate is taken of: the last `N`, and not before there were N"},
		&cli.BoolFlag{Name: "stop-over-saturated", Usage: "end each open loop, and cut off its requests, when the server falls behind for good"},
		&cli.StringFlag{Name: "saturation-after", Value: bench.DefaultSaturation.After.String(), Usage: "with --stop-over-saturated: not before this `TIME`"},
		&cli.StringFlag{Name: "saturation-wait", Value: bench.DefaultSaturation.Wait.String(), Usage: "with --stop-over-saturated: not while requests wait less than this `TIME` for their first token"},
	}
}

func (plan *benchPlan) readLimits(c *cli.Context) error {
	wait, err1 := parseSeconds("--wait", c.String("wait"))
	plan.wait = wait
	return errors.Join(plan.readEnd(c), plan.readFailures(c), err1)
}

func (plan *benchPlan) readEnd(c *cli.Context) error {
	if n := c.Int("max-requests"); n < 0 || (n == 0 && c.IsSet("max-requests")) {
		return fmt.Errorf("--max-requests %d: expected at least 1", n)
	}
	l := &plan.limits
	l.MaxRequests = c.Int("max-requests")
	var errs [4]error
	l.MaxDuration, errs[0] = parseSeconds("--max-seconds", c.String("max-seconds"))
	l.Grace, errs[1] = parseSeconds("--grace", c.String("grace"))
	if c.IsSet("max-seconds") && l.MaxDuration == 0 && errs[0] == nil {
		errs[0] = fmt.Errorf("--max-seconds 0: expected more than no time")
	}
	for i, flag := range []struct {
		name string
		to   *bench.Span
	}{{"warmup", &l.Warmup}, {"cooldown", &l.Cooldown}} {
		span, err := bench.ParseSpan(c.String(flag.name))
		if err != nil {
			errs[2+i] = fmt.Errorf("--%s %w", flag.name, err)
		}
		*flag.to = span
	}
	return errors.Join(errs[:]...)
}

func (plan *benchPlan) readFailures(c *cli.Context) error {
	l := &plan.limits
	var errs []error
	for name, to := range map[string]*int{"max-errors": &l.MaxErrors, "error-window": &l.ErrorWindow} {
		if *to = c.Int(name); *to < 1 && c.IsSet(name) {
			errs = append(errs, fmt.Errorf("--%s %d: expected at least 1", name, *to))
		}
	}
	for name, to := range map[string]*float64{"max-error-rate": &l.MaxErrorRate, "max-global-error-rate": &l.MaxGlobalErrorRate} {
		share, err := parseShare("--"+name, c.String(name))
		if share == 0 && err == nil && c.IsSet(name) {
			err = fmt.Errorf("--%s 0: no server would pass; to stop at the first error there is --max-errors 1", name)
		}
		*to = share
		errs = append(errs, err)
	}
	if c.IsSet("error-window") && !c.IsSet("max-error-rate") && !c.IsSet("max-global-error-rate") {
		errs = append(errs, errors.New("--error-window is for --max-error-rate and --max-global-error-rate, and neither is set"))
	}
	return errors.Join(append(errs, plan.readSaturation(c))...)
}

func (plan *benchPlan) readSaturation(c *cli.Context) error {
	if !c.Bool("stop-over-saturated") {
		for _, name := range []string{"saturation-after", "saturation-wait"} {
			if c.IsSet(name) {
				return fmt.Errorf("--%s is for --stop-over-saturated, which is not set", name)
			}
		}
		return nil
	}
	closed := []string{"synchronous", "concurrent", "throughput", "users"}
	if names := profileNames(c); !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(closed, n) }) {
		return fmt.Errorf("--stop-over-saturated: %s waits for answers and cannot send too much; add a profile with a rate", strings.Join(names, ","))
	}
	after, err1 := parseSeconds("--saturation-after", c.String("saturation-after"))
	wait, err2 := parseSeconds("--saturation-wait", c.String("saturation-wait"))
	plan.limits.Saturation = &bench.Saturation{After: after, Wait: wait}
	return errors.Join(err1, err2)
}

// parseShare reads "10%" or "0.1" as a share from 0 to 1; "" is 0.
func parseShare(name, s string) (float64, error) {
	if s == "" {
		return 0, nil
	}
	number, percent := strings.CutSuffix(s, "%")
	f, err := strconv.ParseFloat(number, 64)
	if percent {
		f /= 100
	}
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, fmt.Errorf("%s %q: expected a share, such as 10%% or 0.1", name, s)
	}
	return f, nil
}

// checkLimits returns the error of limits that do not fit the load and the prompts. What a later strategy cannot have
// is found when it is its turn.
func (plan *benchPlan) checkLimits() error {
	s, ok := plan.profile.Next(nil)
	if !ok {
		return nil
	}
	once := bench.RequestsOnce(plan.prompts.prompts, plan.users.sessions)
	return withCode(exitUsage, errors.Join(plan.limits.Check(s, once), plan.shard.Check(s, plan.users.prefill)))
}

// ended says why a benchmark ended.
func ended(b *results.Benchmark) string {
	switch {
	case b.StopReason == bench.StopInterrupted:
		return b.StopReason
	case b.StopDetail == "":
		return "ended by " + b.StopReason
	}
	return "ended by " + b.StopReason + ": " + b.StopDetail
}

// endedBy reports whether one of the benchmarks of a run ended for one of the reasons.
func endedBy(run *results.Run, reasons ...string) bool {
	return slices.ContainsFunc(run.Benchmarks, func(b results.Benchmark) bool { return slices.Contains(reasons, b.StopReason) })
}

// overLimit is the error of a run of which a benchmark ended because too many requests failed; nil for any other.
func overLimit(run *results.Run, path string) error {
	for i := range run.Benchmarks {
		b := &run.Benchmarks[i]
		switch b.StopReason {
		case bench.StopMaxErrors, bench.StopErrorRate, bench.StopGlobalRate:
			return withCode(exitFailed, fmt.Errorf("too many requests failed: benchmark %d %s; the errors are in %s", b.Index+1, ended(b), path))
		}
	}
	return nil
}
