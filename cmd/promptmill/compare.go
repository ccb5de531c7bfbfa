package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/compare"
	"github.com/promptmill/promptmill/bench/report"
)

func (a *app) compareCommand() *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "say what changed between results, and whether that is more than chance",
		ArgsUsage: "BASELINE RESULTS...",
		Description: `Examples:
  promptmill compare before.parquet after.parquet
  promptmill compare before.parquet after.parquet --fail-if 'ttft.p99 > +10%' --assert 'error_rate < 1%'
  promptmill compare before.parquet after.parquet --format markdown -o comment.md
  promptmill compare base.parquet other-model.parquet --across model
  promptmill compare results.parquet --assert 'ttft.p99 < 300ms'      no baseline: bounds only

Benchmarks are matched by strategy and load. ~ marks a change that is no more than chance.
Results of vLLM, SGLang, GuideLLM, AIPerf and inference-perf (JSON, or their folder) are read, too.
Gates name a metric and what of it: ttft.p99, latency.paired, error_rate; +10% or +20ms is a change
against the baseline, 300ms a bound. docs/compare.md has the method and the language of gates.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "fail-if", Usage: "exit with 1 when this `GATE` holds; may be repeated"},
			&cli.StringSliceFlag{Name: "assert", Usage: "exit with 1 unless this `GATE` holds; may be repeated"},
			&cli.BoolFlag{Name: "gate-uncertified", Usage: "check gates also on percentiles that the sample is too small for"},
			&cli.StringFlag{Name: "across", Usage: "conditions that differ on purpose: `LIST` of model, prompts, max-tokens, ..."},
			&cli.StringFlag{Name: "min-change", Value: "2%", Usage: "least `CHANGE` that is called one, from p90 on five times that: what two runs of one server differ by"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "text, markdown or json (default: by the name of --output, else text)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "-", Usage: "`FILE` to write; - is stdout"},
			&cli.BoolFlag{Name: "json", Usage: "same as --format json"},
		},
		Action: a.compare,
	}
}

// comparePlan is a compare command line, understood.
type comparePlan struct {
	gates   []*compare.Gate
	force   bool
	options compare.Options
	write   compareWriter
	output  string
}

func (a *app) compare(c *cli.Context) error {
	plan, err := a.planCompare(c)
	if err != nil {
		return err
	}
	results, err := loadResults(c.Args().Slice())
	if err != nil {
		return err
	}
	if err := plan.checkScopes(results); err != nil {
		return err
	}
	comparisons, judgements, err := plan.run(results)
	if err != nil {
		return err
	}
	out, err := a.create(plan.output)
	if err != nil {
		return err
	}
	defer out.discard()
	if err := plan.write(out, comparisons, judgements); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	if err := out.commit(); err != nil {
		return err
	}
	return a.gateVerdict(judgements)
}

func (a *app) planCompare(c *cli.Context) (*comparePlan, error) {
	plan := &comparePlan{force: c.Bool("gate-uncertified"), output: c.String("output")}
	var err error
	if plan.gates, err = parseGates(c); err != nil {
		return nil, err
	}
	for _, g := range plan.gates {
		plan.options.Also = append(plan.options.Also, g.Figures()...)
	}
	switch n := c.NArg(); {
	case n == 0:
		return nil, usagef("compare takes a baseline and the results to compare with it (see promptmill compare --help)")
	case n == 1 && len(plan.gates) == 0:
		return nil, usagef("compare takes at least two results, or one and --assert; got %s alone", c.Args().First())
	case n == 1 && len(plan.options.Also) > 0:
		return nil, usagef("gate about a change of %s: a change takes a baseline, and %s is the only result", plan.options.Also[0], c.Args().First())
	}
	plan.options.Across = splitList(c.String("across"))
	if err := a.checkAcross(plan.options.Across); err != nil {
		return nil, err
	}
	if plan.options.MinChange, err = parsePercent(c.String("min-change")); err != nil {
		return nil, usagef("--min-change %w", err)
	}
	format, err := reportFormat(c)
	if err != nil {
		return nil, err
	}
	if plan.write, err = a.compareWriter(format); err != nil {
		return nil, err
	}
	return plan, a.refuseInput(plan.output, c.Args().Slice()...)
}

func parseGates(c *cli.Context) ([]*compare.Gate, error) {
	var gates []*compare.Gate
	for _, flag := range []struct {
		name string
		must bool
	}{{"fail-if", false}, {"assert", true}} {
		for _, text := range splitLines(c.StringSlice(flag.name)) {
			g, err := compare.ParseGate(text, flag.must)
			if err != nil {
				return nil, usagef("--%s: %w", flag.name, err)
			}
			gates = append(gates, g)
		}
	}
	return gates, nil
}

// parsePercent reads "2%" or "2" as 0.02. A bare number up to 1 may be meant for a share, and is refused.
func parsePercent(s string) (float64, error) {
	number, marked := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil || !(v >= 0 && v <= 100):
		return 0, fmt.Errorf("%q: expected a percentage, such as 2%%", s)
	case !marked && v > 0 && v <= 1:
		return 0, fmt.Errorf("%q: is it %[1]s %% or %.4g %%? expected a percentage with its sign, such as %.4[2]g%%", s, 100*v)
	}
	return v / 100, nil
}

func loadResults(paths []string) ([]*compare.Result, error) {
	var all []*compare.Result
	for _, path := range paths {
		r, err := openResult(path)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// checkScopes refuses a gate about a benchmark that no result has: it would never fail.
func (plan *comparePlan) checkScopes(all []*compare.Result) error {
	for _, g := range plan.gates {
		known := slices.ContainsFunc(all, func(r *compare.Result) bool {
			return slices.ContainsFunc(r.Benchmarks, func(b compare.Benchmark) bool { return b.Name == g.Scope() || b.Load() == g.Scope() })
		})
		if g.Scope() != "" && !known {
			return usagef("gate %q: none of the results has a benchmark %q", g.Text, g.Scope())
		}
	}
	return nil
}

// run compares every result with the first, or checks the gates on the only one.
func (plan *comparePlan) run(all []*compare.Result) ([]*compare.Comparison, []compare.Judgement, error) {
	if len(all) == 1 {
		if len(all[0].Benchmarks) == 0 {
			return nil, nil, withCode(exitInput, fmt.Errorf("%s: no benchmark was measured", all[0].Name))
		}
		return nil, compare.CheckAlone(all[0], plan.gates, plan.force), nil
	}
	var comparisons []*compare.Comparison
	var judgements []compare.Judgement
	for _, other := range all[1:] {
		c, err := compare.Compare(all[0], other, plan.options)
		switch {
		case errors.Is(err, compare.ErrDiffers), errors.Is(err, compare.ErrNothing):
			return nil, nil, withCode(exitUsage, err)
		case err != nil:
			return nil, nil, err
		}
		comparisons = append(comparisons, c)
		judgements = append(judgements, compare.Check(c, plan.gates, plan.force)...)
	}
	return comparisons, judgements, nil
}

type compareWriter func(io.Writer, []*compare.Comparison, []compare.Judgement) error

func (a *app) compareWriter(format string) (compareWriter, error) {
	switch format {
	case "", "text", "terminal":
		return a.compareText, nil
	case "markdown", "md":
		return compareMarkdown, nil
	case "json":
		return report.CompareJSON, nil
	}
	return nil, usagef("--format %q: expected text, markdown or json", format)
}

func (a *app) compareText(w io.Writer, comparisons []*compare.Comparison, judgements []compare.Judgement) error {
	target := w
	if o, ok := w.(*output); ok {
		target = o.Writer
	}
	options := report.TerminalOptions{Width: width(target), Color: a.colour(target)}
	if len(comparisons) == 0 {
		return report.GatesTerminal(w, judgements, options)
	}
	for _, c := range comparisons {
		if err := report.CompareTerminal(w, c, judgementsOf(c, judgements), options); err != nil {
			return err
		}
	}
	return nil
}

func compareMarkdown(w io.Writer, comparisons []*compare.Comparison, judgements []compare.Judgement) error {
	if len(comparisons) == 0 {
		return report.GatesMarkdown(w, judgements)
	}
	for _, c := range comparisons {
		if err := report.CompareMarkdown(w, c, judgementsOf(c, judgements)); err != nil {
			return err
		}
	}
	return nil
}

// judgementsOf are those about the other result of c.
func judgementsOf(c *compare.Comparison, all []compare.Judgement) []compare.Judgement {
	return slices.DeleteFunc(slices.Clone(all), func(j compare.Judgement) bool { return j.Result != c.Other.Name })
}

// gateVerdict turns what came of the gates into the error of the command.
func (a *app) gateVerdict(judgements []compare.Judgement) error {
	var failed []string
	for _, j := range judgements {
		text := fmt.Sprintf("%s in %s of %s: %s", j.Gate, j.Benchmark, j.Result, j.Reason)
		switch j.Outcome {
		case compare.Failed:
			failed = append(failed, text)
		case compare.Unchecked:
			a.logf("not checked: %s; --gate-uncertified checks it anyway", text)
		}
	}
	if len(failed) > 0 {
		return withCode(exitFailed, fmt.Errorf("gate failed: %s", strings.Join(failed, nextLine+"gate failed: ")))
	}
	return nil
}
