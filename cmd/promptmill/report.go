package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

func (a *app) reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "show results as tables, markdown, HTML, or in the formats of other tools",
		ArgsUsage: "RESULTS.parquet",
		Description: `Examples:
  promptmill report results.parquet
  promptmill report results.parquet --format markdown -o write-up.md
  promptmill report results.parquet -o report.html          the name says the format
  promptmill report results.parquet --format vllm -o folder/
  promptmill report results.parquet --slo 'ttft<=300ms,tpot<=50ms,latency.p99<=2s' --fail-slo 99%
  promptmill report --explain ttft                          what a number means; without a name, all of them

Formats: terminal, markdown, json, html; ` + exportNames() + `.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`NAME` of a format, see above (default: by the name of --output, else terminal)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "-", Usage: "`FILE` to write, or a folder for a format of several files; - is stdout"},
			&cli.BoolFlag{Name: "json", Usage: "same as --format json"},
			&cli.StringFlag{Name: "slo", Usage: "conditions of good answers, such as '" + sloExample + "' (default: those of the run)"},
			&cli.StringFlag{Name: "fail-slo", Usage: "exit with 1 where fewer than `SHARE` of the requests sent are good, such as 99%, or a percentile of --slo is missed"},
			&cli.GenericFlag{Name: "explain", Value: &optional{}, Usage: "print what a METRIC means, where it comes from and what other tools call it; without one, list them"},
		},
		Action: a.report,
	}
}

func (a *app) report(c *cli.Context) error {
	if asked, ok := c.Generic("explain").(*optional); ok && asked.given {
		return a.explain(c, asked.value)
	}
	if c.NArg() != 1 {
		return usagef("report takes one results file; got %d arguments (see promptmill report --help)", c.NArg())
	}
	path := c.Args().First()
	if strings.HasPrefix(path, hubScheme) {
		return usagef("%s is a dataset, and report takes a results file: promptmill pull %s --local-dir DIR brings it, if it holds one", path, path)
	}
	format, err := reportFormat(c)
	if err != nil {
		return err
	}
	if err := a.refuseInput(c.String("output"), path, path+results.PartialSuffix); err != nil {
		return err
	}
	show, err := a.reportWriter(format, c.String("output"))
	if err != nil {
		return err
	}
	want, err := readSLO(c)
	if err != nil {
		return err
	}
	f, err := results.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := want.summarize(f)
	if err != nil {
		return err
	}
	a.tellOfPartial(path)
	if err := show(f, s); err != nil {
		return err
	}
	return a.sloVerdict(want, s)
}

// tellOfPartial says that the results file called path has the partial file of another run beside it: its reader may
// have meant that one.
func (a *app) tellOfPartial(path string) {
	_, err := os.Stat(path)
	if _, partialErr := os.Stat(path + results.PartialSuffix); err == nil && partialErr == nil {
		a.logf("this is %[1]s; another run, killed or still going, left %[1]s%[2]s, which report shows by that name", path, results.PartialSuffix)
	}
}

// printReport shows a results file on stdout.
func (a *app) printReport(path string) error {
	f, err := results.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := metrics.Summarize(&f.Run, f.Records())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return report.Terminal(a.stdout, s, report.TerminalOptions{Width: width(a.stdout), Color: a.colour(a.stdout)})
}
