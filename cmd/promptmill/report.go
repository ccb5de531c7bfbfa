package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

// reportSamples is how many requests the HTML report draws one by one.
const reportSamples = 5000

func (a *app) reportCommand() *cli.Command {
	return &cli.Command{
		Name:      "report",
		Usage:     "show results as tables, markdown, JSON or HTML",
		ArgsUsage: "RESULTS.parquet",
		Description: `Examples:
  promptmill report results.parquet
  promptmill report results.parquet --format markdown -o write-up.md
  promptmill report results.parquet -o report.html          the name says the format
  promptmill report --explain ttft                          what a number means`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "terminal, markdown, json or html (default: by the name of --output, else terminal)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "-", Usage: "`FILE` to write; - is stdout"},
			&cli.BoolFlag{Name: "json", Usage: "same as --format json"},
			&cli.StringFlag{Name: "explain", Usage: "print the definition of a `METRIC` and what other tools call it"},
		},
		Action: a.report,
	}
}

func (a *app) report(c *cli.Context) error {
	if metric := c.String("explain"); metric != "" {
		return a.explain(metric)
	}
	if c.NArg() != 1 {
		return usagef("report takes one results file; got %d arguments (see promptmill report --help)", c.NArg())
	}
	if arg := c.Args().First(); strings.HasPrefix(arg, hubScheme) {
		return usagef("%s is a dataset, and report takes a results file: promptmill pull %s --local-dir DIR brings it, if it holds one", arg, arg)
	}
	write, err := a.reportWriter(reportFormat(c))
	if err != nil {
		return err
	}
	s, samples, err := summarize(c.Args().First())
	if err != nil {
		return err
	}
	a.tellOfPartial(c.Args().First())
	out, err := a.create(c.String("output"))
	if err != nil {
		return err
	}
	defer out.discard()
	if err := write(out, s, samples); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return out.commit()
}

func reportFormat(c *cli.Context) string {
	if c.Bool("json") {
		return "json"
	}
	if f := c.String("format"); f != "" {
		return f
	}
	byName := map[string]string{".md": "markdown", ".markdown": "markdown", ".json": "json", ".html": "html", ".htm": "html"}
	if f, ok := byName[filepath.Ext(c.String("output"))]; ok {
		return f
	}
	return "terminal"
}

type reportWriter func(io.Writer, *metrics.Summary, []report.Sample) error

func (a *app) reportWriter(format string) (reportWriter, error) {
	switch format {
	case "terminal", "text":
		return func(w io.Writer, s *metrics.Summary, _ []report.Sample) error {
			target := w
			if o, ok := w.(*output); ok {
				target = o.Writer
			}
			return report.Terminal(w, s, report.TerminalOptions{Width: width(target), Color: a.colour(target)})
		}, nil
	case "markdown", "md":
		return func(w io.Writer, s *metrics.Summary, _ []report.Sample) error { return report.Markdown(w, s) }, nil
	case "json":
		return func(w io.Writer, s *metrics.Summary, _ []report.Sample) error { return report.JSON(w, s) }, nil
	case "html":
		return report.HTML, nil
	}
	return nil, usagef("--format %q: expected terminal, markdown, json or html", format)
}

// summarize reads a results file twice, once for the numbers and once for the requests that are drawn.
func summarize(path string) (*metrics.Summary, []report.Sample, error) {
	f, err := results.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	s, err := metrics.Summarize(&f.Run, f.Records())
	if err != nil {
		return nil, nil, err
	}
	samples, err := report.Collect(f.Records(), reportSamples)
	return s, samples, err
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
	s, _, err := summarize(path)
	if err != nil {
		return err
	}
	return report.Terminal(a.stdout, s, report.TerminalOptions{Width: width(a.stdout), Color: a.colour(a.stdout)})
}

func (a *app) explain(metric string) error {
	text, ok := metrics.Explain(metric)
	if !ok {
		var names []string
		for _, d := range metrics.Metrics() {
			names = append(names, d.Name)
		}
		return usagef("no metric %q: expected one of %v", metric, names)
	}
	_, err := fmt.Fprintln(a.stdout, text)
	return err
}
