package main

import (
	"bufio"
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
  promptmill validate prompts.txt more.jsonl.gz && echo fine
  promptmill validate chat.jsonl --schema messages --summary
  promptmill validate rows.jsonl --schema mine.schema.json --format sarif > findings.sarif
  promptmill validate raw.jsonl --fix --drop-unknown -o prompts.jsonl
  promptmill convert data.parquet -o - | promptmill validate -

Files may be compressed with gzip or zstd. Each finding is one line: file:line:column: error|warning: rule: message. Columns
count characters from 1. Warnings do not make a file invalid. --fix repairs what can be repaired without a doubt (byte
order marks, line ends, blank lines, NFC, mojibake of symbols, raw control characters in JSON strings), keeps other bad
lines as they are, and lists them. It never makes up a prompt or an answer.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "schema", Usage: "what the lines must be, of JSONL and so of files of any name: strict, messages, sharegpt, vllm, aiperf, guidellm, or a `FILE` (default: of JSONL, by the keys of the first line, else strict)"},
			&cli.StringFlag{Name: "input-format", Usage: "jsonl or txt (default: by name, then by content)"},
			&cli.BoolFlag{Name: "ignore-formats", Usage: "take \"format\" in a schema of your own for a note (default: it is asserted, whatever the draft)"},
			&cli.BoolFlag{Name: "allow-empty-expected", Usage: "let \"expected\" be empty; a schema of your own decides for itself"},
			&cli.StringFlag{Name: "max-line", Value: fmt.Sprintf("%dMiB", validate.DefaultMaxLineBytes>>20), Usage: "longest line that is looked at; `SIZE`"},
			&cli.IntFlag{Name: "workers", Usage: "threads that check; `N` (default: one for each core)"},
			&cli.StringFlag{Name: "format", Value: validate.ShowText, Usage: "of the findings: text, json, github, sarif"},
			&cli.BoolFlag{Name: "json", Usage: "same as --format json"},
			&cli.BoolFlag{Name: "summary", Usage: "show how often each rule was found in a file, and its first finding"},
			&cli.IntFlag{Name: "max-errors", Usage: "show at most `N` errors and N warnings of a file, count the others; 0 shows all"},
			&cli.BoolFlag{Name: "fix", Usage: "write the file repaired to --output"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "of --fix: `FILE`, which may end in .gz or .zst; - is stdout"},
			&cli.BoolFlag{Name: "in-place", Usage: "of --fix: replace the file itself, if nothing bad is left"},
			&cli.BoolFlag{Name: "drop-unknown", Usage: "of --fix: remove keys that the schema does not allow"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "findings only, no verdicts"},
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
	o, err := validateOptions(c)
	if err != nil {
		return err
	}
	checker, err := validate.New(o)
	if err != nil {
		return withCode(exitUsage, inSchema(c.String("schema"), err))
	}
	if err := a.fixFlags(c); err != nil {
		return err
	}
	printer, err := a.printer(c)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if c.Bool("fix") {
		err = a.fix(c, checker, printer)
	} else {
		err = a.validateAll(c, checker, printer)
	}
	if unwritten := printer.Close(); unwritten != nil {
		if errors.Is(err, errSaid) { // it was not said
			err = nil
		}
		return errors.Join(err, fmt.Errorf("write findings: %w", unwritten))
	}
	return err
}

// validateAll checks every file, also those after one that cannot be read.
func (a *app) validateAll(c *cli.Context, checker *validate.Checker, printer *validate.Printer) error {
	bad := 0
	var failures []error
	for _, path := range c.Args().Slice() {
		hints := hints{asked: c.IsSet("schema")}
		s, err := a.validateFile(c.Context, path, checker, &hints, func(f validate.Finding) {
			hints.see(f)
			printer.Finding(f)
		})
		report := validate.FileReport{File: nameOf(path), Summary: s}
		if err != nil {
			report.Failed = err.Error()
			failures = append(failures, err)
		}
		printer.File(report)
		if err == nil && !c.Bool("quiet") {
			most := c.Int("max-errors")
			if c.Bool("summary") {
				most = 0 // it shows every rule
			}
			a.sayValidated(nameOf(path), s, most)
			for _, hint := range hints.of(c.Context, s) {
				a.logf("%s: %s", quotedName(nameOf(path)), hint)
			}
		}
		if s.Errors > 0 {
			bad++
		}
	}
	switch {
	case len(failures) > 0:
		return errors.Join(failures...)
	case bad > 0:
		return withCode(exitFailed, errSaid)
	}
	return nil
}

// nameOf is what the input called path is called in findings.
func nameOf(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

func (a *app) validateFile(ctx context.Context, path string, checker *validate.Checker, h *hints, report func(validate.Finding)) (validate.Summary, error) {
	in, err := a.open(ctx, path)
	if err != nil {
		return validate.Summary{}, err
	}
	defer in.Close()
	text, compression, err := unpack(in, nameOf(path))
	if err != nil {
		return validate.Summary{Compression: compression}, err
	}
	if checker, err = checker.For(nameOf(path), text); err != nil {
		return validate.Summary{}, err
	}
	h.head(text)
	s, err := checker.Check(ctx, text, nameOf(path), report)
	s.Compression = compression
	return s, err
}

// unpack returns the text in r, which may be compressed once: who reads the text on must not unpack more.
func unpack(r io.Reader, name string) (text *bufio.Reader, compression string, err error) {
	t, compression, err := validate.Unpack(r)
	if err != nil {
		return nil, compression, fmt.Errorf("%s: %w", quotedName(name), err)
	}
	text = bufio.NewReaderSize(t, 1<<16)
	if _, again, _ := validate.Unpack(text); again != "" {
		return nil, compression, fmt.Errorf("%s: %w: in %s it is compressed with %s: unpack it first", quotedName(name), validate.ErrNotText, compression, again)
	}
	return text, compression, nil
}

// open opens a file, or stdin for "-".
func (a *app) open(ctx context.Context, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.input(ctx)), nil
	}
	return openStream(path)
}

// printer shows findings on stdout, or on stderr where stdout is for a repaired file.
func (a *app) printer(c *cli.Context) (*validate.Printer, error) {
	w := a.stdout
	if a.isStdout(c.String("output")) {
		w = a.stderr
	}
	o := a.printOptions(w)
	o.Format, o.Summary = showFormat(c), c.Bool("summary")
	return validate.NewPrinter(w, o)
}

// isStdout reports whether path is stdout, by whatever name.
func (a *app) isStdout(path string) bool {
	out, ok := a.stdout.(*os.File)
	if path == "-" || path == "" || !ok {
		return path == "-"
	}
	named, err := os.Stat(path)
	if err != nil {
		return false
	}
	info, err := out.Stat()
	return err == nil && os.SameFile(named, info)
}

// printOptions suit what w is.
func (a *app) printOptions(w io.Writer) validate.PrintOptions {
	o := validate.PrintOptions{Version: version(), Colour: a.colour(w)}
	if _, ok := terminal(w); ok {
		o.Columns = width(w)
	}
	return o
}

// sayValidated tells the verdict. most is how many errors and warnings were shown, 0 for all.
func (a *app) sayValidated(name string, s validate.Summary, most int) {
	kind := s.Format
	if s.Schema != "" {
		kind += " " + s.Schema
	}
	if s.Compression != "" {
		kind += " in " + s.Compression
	}
	verdict := "valid"
	switch {
	case s.Lines == 0:
		verdict = "empty"
	case s.Errors > 0:
		verdict = fmt.Sprintf("%d of its lines are bad, %d errors", s.BadLines, s.Errors)
	}
	cut := ""
	if n := int64(most); n > 0 && (s.Errors > n || s.Warnings > n) {
		cut = fmt.Sprintf(" (at most %d of each shown)", n)
	}
	a.logf("%s: %s, %d lines: %s, %d warnings%s", quotedName(name), kind, s.Lines, verdict, s.Warnings, cut)
}

// refuseInvalid is validation on the way to somewhere else: the first findings go to stderr.
func (a *app) refuseInvalid(ctx context.Context, r io.Reader, name string, checker *validate.Checker) error {
	printer, err := validate.NewPrinter(a.stderr, a.printOptions(a.stderr))
	if err != nil {
		return err
	}
	s, err := checker.Check(ctx, r, name, func(f validate.Finding) {
		if f.Severity == validate.Error {
			printer.Finding(f)
		}
	})
	if err := errors.Join(err, printer.Close()); err != nil {
		return err
	}
	if s.Errors > 0 {
		return withCode(exitFailed, fmt.Errorf("%s: lines that are bad: %d; see them all with `promptmill validate`, or send them as they are with --no-validate", quotedName(name), s.BadLines))
	}
	return nil
}
