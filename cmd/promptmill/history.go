package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/history"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
)

func (a *app) historyCommand() *cli.Command {
	return &cli.Command{
		Name:      "history",
		Usage:     "list the results of a folder in the order of time, and how their figures went",
		ArgsUsage: "FOLDER",
		Description: `Examples:
  promptmill history results/
  promptmill history results/ --model llama-3 --json`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "model", Usage: "only runs of this `NAME`"},
			&cli.BoolFlag{Name: "json", Usage: "one JSON document"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "-", Usage: "`FILE` to write; - is stdout"},
		},
		Action: a.history,
	}
}

func (a *app) history(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("history takes one folder; got %d arguments (see promptmill history --help)", c.NArg())
	}
	if out := c.String("output"); filepath.Ext(out) == ".parquet" {
		return usagef("--output %s: no list is a parquet file: expected a name such as history.txt or history.json", out)
	}
	dir := c.Args().First()
	paths, err := resultFiles(dir)
	if err != nil {
		return err
	}
	entries, read, err := a.entries(dir, paths)
	if err != nil {
		return err
	}
	if err := a.refuseInput(c.String("output"), read...); err != nil {
		return err
	}
	if model := c.String("model"); model != "" {
		entries = slices.DeleteFunc(entries, func(e history.Entry) bool { return e.Model != model })
		if len(entries) == 0 {
			return fmt.Errorf("%s: no result of model %q", dir, model)
		}
	}
	out, err := a.create(c.String("output"))
	if err != nil {
		return err
	}
	defer out.discard()
	series := history.Group(entries)
	if c.Bool("json") {
		err = report.HistoryJSON(out, series)
	} else {
		err = report.HistoryTerminal(out, series, report.TerminalOptions{Width: width(out.Writer), Color: a.colour(out.Writer)})
	}
	if err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	return out.commit()
}

// resultFiles finds what may be results in a folder and those in it, sorted. A partial file counts where the complete
// one is missing.
func resultFiles(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		complete, partial := strings.CutSuffix(path, results.PartialSuffix)
		if _, err := os.Stat(complete); partial && err == nil {
			return nil
		}
		if ext := filepath.Ext(complete); entry.Type().IsRegular() && slices.Contains([]string{".parquet", ".json", ".jsonl"}, ext) {
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

// entries reads the results, and returns which files have any. What has none is told and left out; a folder without any is
// an error.
func (a *app) entries(dir string, paths []string) (all []history.Entry, read []string, err error) {
	for _, path := range paths {
		r, err := openResult(path)
		if err != nil {
			a.logf("left out: %v", err)
			continue
		}
		read = append(read, path)
		if name, err := filepath.Rel(dir, path); err == nil {
			r.Name = name
		}
		all = append(all, history.Of(r)...)
	}
	if len(read) == 0 {
		return nil, nil, fmt.Errorf("%s: no results in it", dir)
	}
	return all, read, nil
}
