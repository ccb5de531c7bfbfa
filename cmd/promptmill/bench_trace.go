package main

import (
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/bench/trace"
)

// openTrace reads the trace that is replayed, and tells where the prompts are: in the file that is named, else in the
// trace.
func (plan *benchPlan) openTrace(c *cli.Context) error {
	path := c.String("trace")
	if path != "" {
		t, err := readTraceFile(path)
		if err != nil {
			return fmt.Errorf("--trace: %w", err)
		}
		plan.trace = t
	}
	switch {
	case c.NArg() == 1:
		plan.promptPath = c.Args().First()
	case c.NArg() == 0 && c.String("data") != "":
		plan.promptPath = c.String("data")
	case c.NArg() == 0 && plan.trace != nil && plan.trace.HasPrompts():
		plan.promptPath = path
	case c.NArg() == 0 && plan.trace != nil:
		return usagef("%s does not say what was asked: name a file of prompts to send in its place", path)
	default:
		return usagef("bench takes one prompt file, or - for standard input; got %d arguments (see promptmill bench --help)", c.NArg())
	}
	return nil
}

func readTraceFile(path string) (*trace.Trace, error) {
	f, err := openStream(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	t, err := trace.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// readTrace makes the load that replays the trace.
func (plan *benchPlan) readTrace(c *cli.Context, o *bench.ProfileOptions) error {
	if plan.trace == nil {
		return nil
	}
	path := c.String("trace")
	s, err := bench.TraceStrategy(plan.trace, filepath.Base(path), c.Float64("speed"))
	if err != nil {
		return fmt.Errorf("--trace %s: %w", path, err)
	}
	if plan.promptPath != path {
		s.Prompts = nil
	} else {
		plan.prompts = &promptFile{prompts: s.Prompts, set: results.PromptSet{Path: path, Format: "trace", Count: len(s.Prompts)}}
	}
	o.Trace = &s
	return nil
}
