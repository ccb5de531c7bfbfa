package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
)

// shardFlags divide a run among machines.
func shardFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "shard", Usage: "send this part of the requests: `I/N`, from 0/N to N-1/N, which together send what one machine would; found by itself in a Slurm array and, with --shards, in a Kubernetes Indexed Job"},
		&cli.IntFlag{Name: "shards", Usage: "in a Kubernetes Indexed Job: its completions, `N`"},
		&cli.BoolFlag{Name: "no-shard", Usage: "send all requests, also where an array or an Indexed Job is found"},
		&cli.StringFlag{Name: "start-at", Usage: "begin at this `TIME`, the same for all shards: 2026-01-31T12:00:00Z, @1769860800 in seconds since 1970, or +30s from now"},
		&cli.StringFlag{Name: "clock-reference", Usage: "record how far this machine's clock is from that of a `URL` that answers {\"unix_ns\": N}, as /mock/time of promptmill mock does"},
	}
}

// measuring are the profiles that choose their loads by what they measure, which each shard would by itself.
var measuring = []string{"sweep", "find-max"}

// readShard finds which part of the run this process is.
func (a *app) readShard(c *cli.Context, plan *benchPlan) error {
	shard, why, err := a.findShard(c)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if shard.Count > 1 {
		a.logf("shard %v%s: sends 1 of %d requests", shard, why, shard.Count)
		plan.shard = shard
	}
	plan.clockReference = c.String("clock-reference")
	plan.startAt, err = parseInstant(c.String("start-at"))
	return withCode(exitUsage, err)
}

// checkShard refuses the profiles that each shard would understand in its own way.
func (plan *benchPlan) checkShard(profiles []string) error {
	if plan.shard.Count <= 1 {
		return nil
	}
	for _, name := range profiles {
		if slices.Contains(measuring, name) {
			return fmt.Errorf("%s chooses its loads by what it measures, and each shard would choose others: give the loads, or run it with --no-shard on one machine", name)
		}
	}
	return nil
}

// findShard returns the shard that the flags or else the environment name, and where it was found.
func (a *app) findShard(c *cli.Context) (shard bench.Shard, why string, err error) {
	given := c.String("shard") != ""
	switch {
	case c.Bool("no-shard") && given:
		return shard, "", errors.New("--shard and --no-shard contradict each other")
	case c.Bool("no-shard"):
		return shard, "", nil
	case given:
		shard, err = bench.ParseShard(c.String("shard"))
		if n := c.Int("shards"); err == nil && c.IsSet("shards") && n != shard.Count {
			err = fmt.Errorf("--shard %v is one of %d, and --shards says %d", shard, shard.Count, n)
		}
		return shard, "", err
	case a.getenv("SLURM_ARRAY_TASK_ID") != "":
		shard, err = a.slurmShard()
		return shard, " (of the Slurm array)", err
	case a.getenv("JOB_COMPLETION_INDEX") != "":
		shard, err = a.indexedShard(c.Int("shards"))
		return shard, " (of the Indexed Job)", err
	case c.IsSet("shards"):
		return shard, "", errors.New("--shards counts those of a Kubernetes Indexed Job, and JOB_COMPLETION_INDEX is not set: name this one with --shard")
	}
	return shard, "", nil
}

// slurmShard is the shard of a task of a Slurm array, which may begin at any index and take steps.
func (a *app) slurmShard() (bench.Shard, error) {
	number := map[string]int{"ID": 0, "COUNT": 0, "MIN": 0, "STEP": 1}
	for name := range number {
		variable := "SLURM_ARRAY_TASK_" + name
		text := a.getenv(variable)
		if text == "" && name != "COUNT" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return bench.Shard{}, fmt.Errorf("%s=%q: expected a number; name the shard with --shard, or send all with --no-shard", variable, text)
		}
		number[name] = n
	}
	step := max(number["STEP"], 1)
	at := number["ID"] - number["MIN"]
	if at < 0 || at%step != 0 || at/step >= number["COUNT"] {
		return bench.Shard{}, fmt.Errorf("task %d of the Slurm array is not one of %d from %d on in steps of %d: submit it as --array=0-N, or name the shard with --shard",
			number["ID"], number["COUNT"], number["MIN"], step)
	}
	return bench.Shard{Index: at / step, Count: number["COUNT"]}, nil
}

// indexedShard is the shard of a pod of an Indexed Job, which is told its index and not of how many.
func (a *app) indexedShard(count int) (bench.Shard, error) {
	index := a.getenv("JOB_COMPLETION_INDEX")
	if count == 0 {
		return bench.Shard{}, fmt.Errorf("JOB_COMPLETION_INDEX=%s is of an Indexed Job: say with --shards how many completions it has, or send all with --no-shard", index)
	}
	shard, err := bench.ParseShard(index + "/" + strconv.Itoa(count))
	if err != nil {
		return shard, fmt.Errorf("JOB_COMPLETION_INDEX and --shards: %w", err)
	}
	return shard, nil
}
