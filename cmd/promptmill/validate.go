package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/validate"
)

func (a *app) validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check prompt files, and say of every bad line where and why",
		ArgsUsage: "FILE...|-",
		Description: `Examples:
  promptmill validate prompts.jsonl
  promptmill validate prompts.txt more.jsonl && echo fine
  promptmill convert data.parquet -o - | promptmill validate -

Each finding is one line: file:line:column: what, why. Columns count characters from 1.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Usage: "jsonl or txt (default: by name, then by content)"},
			&cli.StringFlag{Name: "schema", Usage: "of JSONL: strict (the default), messages, sharegpt, vllm, aiperf, guidellm"},
			&cli.BoolFlag{Name: "allow-empty-expected", Usage: "let \"expected\" be empty"},
			&cli.IntFlag{Name: "max-errors", Usage: "stop reporting after `N` findings; 0 reports all"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no summary"},
		},
		Action: a.validate,
	}
}

func (a *app) validate(c *cli.Context) error {
	if c.NArg() == 0 {
		return usagef("validate needs a prompt file, or - for standard input")
	}
	if err := refuseHub("validate", c.Args().Slice()); err != nil {
		return err
	}
	o := validate.Options{
		Format: c.String("format"), Schema: c.String("schema"),
		AllowEmptyExpected: c.Bool("allow-empty-expected"), MaxErrors: c.Int("max-errors"),
	}
	checker, err := validate.New(o)
	if err != nil {
		return withCode(exitUsage, err)
	}
	bad := 0
	var failures []error
	var unwritten error
	report := func(f validate.Finding) {
		if unwritten == nil {
			_, unwritten = fmt.Fprintln(a.stdout, f.String())
		}
	}
	for _, path := range c.Args().Slice() {
		s, err := a.validateFile(c.Context, path, checker, report)
		if err != nil {
			failures = append(failures, err) // the other files are still checked
			continue
		}
		if s.Errors > 0 {
			bad++
		}
		if !c.Bool("quiet") {
			a.sayValidated(path, s)
		}
	}
	if unwritten != nil {
		failures = append(failures, unwritten)
	}
	switch {
	case len(failures) > 0:
		return errors.Join(failures...)
	case bad > 0:
		return withCode(exitFailed, errSaid)
	}
	return nil
}

func (a *app) validateFile(ctx context.Context, path string, checker *validate.Checker, report func(validate.Finding)) (validate.Summary, error) {
	if path == "-" {
		return checker.Check(ctx, a.input(ctx), "stdin", report)
	}
	f, err := os.Open(path)
	if err != nil {
		return validate.Summary{}, err
	}
	defer f.Close()
	return checker.Check(ctx, f, path, report)
}

func (a *app) sayValidated(path string, s validate.Summary) {
	kind := s.Format
	if s.Schema != "" {
		kind += " " + s.Schema
	}
	verdict := "valid"
	switch {
	case s.Lines == 0:
		verdict = "empty"
	case s.Errors > 0:
		verdict = fmt.Sprintf("%d of its lines are bad, %d errors", s.BadLines, s.Errors)
	}
	a.logf("%s: %s, %d lines: %s, %d warnings", path, kind, s.Lines, verdict, s.Warnings)
}

// refuseInvalid is validation on the way to somewhere else: the first findings go to stderr.
func (a *app) refuseInvalid(ctx context.Context, r io.Reader, name string, o validate.Options) error {
	o.MaxErrors = 10
	checker, err := validate.New(o)
	if err != nil {
		return withCode(exitUsage, err)
	}
	s, err := checker.Check(ctx, r, name, func(f validate.Finding) {
		if f.Severity == validate.Error {
			a.logf("%s", f.String())
		}
	})
	if err != nil {
		return err
	}
	if s.Errors > 0 {
		return withCode(exitFailed, fmt.Errorf("%s: lines that are bad: %d; see them all with `promptmill validate`, or send them as they are with --no-validate", name, s.BadLines))
	}
	return nil
}
