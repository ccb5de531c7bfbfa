package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/merge"
	"github.com/promptmill/promptmill/bench/results"
)

func (a *app) mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "make one results file of several: shards of a run, or days of the same",
		ArgsUsage: "RESULTS.parquet...",
		Description: `Examples:
  promptmill merge shard-*.parquet -o run.parquet
  promptmill merge monday.parquet tuesday.parquet -o week.parquet

Every request is in the new file, so percentiles are those of all of them. Runs of different
configurations are refused. Each row keeps its run and shard; docs/compare.md has the rest.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "results `FILE` to write"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no report on stdout at the end"},
		},
		Action: a.merge,
	}
}

func (a *app) merge(c *cli.Context) error {
	out := c.String("output")
	if c.NArg() < 2 {
		return usagef("merge takes at least two results files; got %d (see promptmill merge --help)", c.NArg())
	}
	if err := checkOutput(out); err != nil {
		return err
	}
	if err := a.refuseInput(out, c.Args().Slice()...); err != nil {
		return err
	}
	for _, path := range c.Args().Slice() {
		if other, err := isForeign(path); err != nil {
			return err
		} else if other {
			return fmt.Errorf("%s: merge takes results of promptmill, which have every request", path)
		}
	}
	run, err := merge.Files(out, c.Args().Slice())
	switch {
	case errors.Is(err, merge.ErrDiffers), errors.Is(err, merge.ErrTwice), errors.Is(err, merge.ErrTogether), errors.Is(err, merge.ErrOutput):
		return withCode(exitUsage, err)
	case err != nil:
		return err
	}
	for _, missing := range missingShards(run.Parts) {
		a.logf("WARNING: shard %d of %d is missing: its requests are in none of the files", missing.Index, missing.Count)
	}
	if run.Stopped != "" {
		a.logf("some of it is partial: %s", run.Stopped)
	}
	if c.Bool("quiet") {
		return nil
	}
	return a.printReport(out)
}

// missingShards are those of the run that parts are shards of, and that are not among them.
func missingShards(parts []results.Part) (missing []bench.Shard) {
	var have []bench.Shard
	for _, p := range parts {
		if s, err := bench.ParseShard(p.Shard); err == nil {
			have = append(have, s)
		}
	}
	if len(have) == 0 {
		return nil
	}
	for i := range have[0].Count {
		if s := (bench.Shard{Index: i, Count: have[0].Count}); !slices.Contains(have, s) {
			missing = append(missing, s)
		}
	}
	return missing
}
