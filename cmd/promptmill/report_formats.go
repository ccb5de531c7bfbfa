package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/report/export"
	"github.com/promptmill/promptmill/bench/results"
)

// formatsByName are the formats that the name of an output asks for.
var formatsByName = map[string]string{
	".md": "markdown", ".markdown": "markdown", ".json": "json", ".html": "html", ".htm": "html", ".csv": "csv", ".prom": "openmetrics",
}

// reportFormat is the format that the flags ask for; "" where they and the name of the output leave it to the command.
func reportFormat(c *cli.Context) (string, error) {
	format, output := c.String("format"), c.String("output")
	switch ext := filepath.Ext(output); {
	case ext == ".parquet":
		return "", usagef("--output %s: no report is a parquet file: expected a name such as report.html, report.md or report.json", output)
	case c.Bool("json") && format != "" && format != "json":
		return "", usagef("--json and --format %s: give one", format)
	case c.Bool("json"):
		return "json", nil
	case format != "":
		return format, nil
	default:
		return formatsByName[ext], nil
	}
}

// exportNames lists the formats of other tools.
func exportNames() string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// A reportWriter writes a report of results to where it was asked for.
type reportWriter func(f *results.File, s *metrics.Summary) error

func (a *app) reportWriter(format, path string) (reportWriter, error) {
	var show func(w io.Writer, f *results.File, s *metrics.Summary) error
	switch format {
	case "", "terminal", "text":
		show = a.showTerminal
	case "markdown", "md":
		show = func(w io.Writer, _ *results.File, s *metrics.Summary) error { return report.Markdown(w, s) }
	case "json":
		show = func(w io.Writer, _ *results.File, s *metrics.Summary) error { return report.JSON(w, s) }
	case "html":
		show = showHTML
	default:
		f, ok := export.ByName(format)
		if !ok {
			return nil, usagef("--format %q: expected terminal, markdown, json, html, %s", format, exportNames())
		}
		return a.exportWriter(f, path), nil
	}
	return func(f *results.File, s *metrics.Summary) error {
		return a.writeReport(path, f, func(w io.Writer) error { return show(w, f, s) })
	}, nil
}

// writeReport makes the file at path of what write gives of f.
func (a *app) writeReport(path string, f *results.File, write func(w io.Writer) error) error {
	if err := a.refuseInput(path, f.Name()); err != nil {
		return err
	}
	out, err := a.create(path)
	if err != nil {
		return err
	}
	defer out.discard()
	if err := write(out); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return out.commit()
}

func (a *app) showTerminal(w io.Writer, _ *results.File, s *metrics.Summary) error {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	return report.Terminal(w, s, report.TerminalOptions{Width: width(w), Color: a.colour(w)})
}

// showHTML reads the requests again, for the figures that draw them one by one.
func showHTML(w io.Writer, f *results.File, s *metrics.Summary) error {
	samples, err := report.Collect(f.Records(), report.SamplesFor(len(s.Benchmarks)))
	if err != nil {
		return err
	}
	return report.HTML(w, s, samples)
}

// exportWriter writes the files of a format: one to where it is asked for, several into a folder, all of them or none.
func (a *app) exportWriter(format export.Format, path string) reportWriter {
	return func(f *results.File, s *metrics.Summary) error {
		files, err := format.Files(&export.Source{Summary: s, Records: f.Records})
		if errors.Is(err, export.ErrEmpty) {
			return withCode(exitInput, fmt.Errorf("%s: %w", f.Name(), err))
		}
		if err != nil {
			return err
		}
		if len(files) == 1 && !isFolder(path) {
			return a.writeReport(path, f, files[0].Write)
		}
		if path == "-" || path == "" {
			return usagef("--format %s makes %d files: name a folder for them with -o DIR", format.Name, len(files))
		}
		for _, file := range files {
			if err := a.refuseInput(filepath.Join(path, filepath.FromSlash(file.Name)), f.Name()); err != nil {
				return err
			}
		}
		return a.writeFolder(path, files)
	}
}

// isFolder reports whether path is a folder, or is written like one.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator))
}

// writeFolder writes files into a folder, which it makes where there is none. They appear together.
func (a *app) writeFolder(dir string, files []export.File) error {
	var outs []*output
	defer func() {
		for _, o := range outs {
			o.discard()
		}
	}()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		o, err := a.create(path)
		if err != nil {
			return err
		}
		outs = append(outs, o)
		if err := f.Write(o); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		if err := o.settle(); err != nil {
			return err
		}
	}
	return appearTogether(outs)
}
