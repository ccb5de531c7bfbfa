package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/validate"
)

// fixFlags is the error of flags of --fix that do not fit together or its absence.
func (a *app) fixFlags(c *cli.Context) error {
	out, inPlace := c.String("output"), c.Bool("in-place")
	switch {
	case !c.Bool("fix"):
		for _, name := range []string{"output", "in-place", "drop-unknown"} {
			if c.IsSet(name) {
				return usagef("--%s is of --fix, which is missing", name)
			}
		}
		return nil
	case c.NArg() != 1:
		return usagef("--fix takes one file; got %d", c.NArg())
	case out == "" && !inPlace:
		return usagef("--output is missing: FILE for the repaired prompts, or --in-place to replace the file itself")
	case out != "" && inPlace:
		return usagef("--output %s and --in-place: give one", out)
	}
	if err := fixTarget(c.Args().First(), out); err != nil {
		return err
	}
	return a.refuseInput(out, given(c)...)
}

// fixTarget is the error of an output that must not be written. An out of "" is the input itself.
func fixTarget(in, out string) error {
	if out == "" {
		if info, err := os.Stat(in); in == "-" || err == nil && !info.Mode().IsRegular() {
			return usagef("%s is no file: --in-place replaces files; use --output", nameOf(in))
		}
		return nil
	}
	if overwritten(convert.Source{Files: []convert.SourceFile{{Path: in}}}, out) != "" {
		return usagef("%s is the file to be fixed: expected another file to write, or --in-place to replace it", out)
	}
	return nil
}

// fix writes the file repaired.
func (a *app) fix(c *cli.Context, checker *validate.Checker, printer *validate.Printer) error {
	path := c.Args().First()
	f := &fixRun{app: a, path: path, target: c.String("output"), drop: c.Bool("drop-unknown"), quiet: c.Bool("quiet")}
	if c.Bool("in-place") {
		f.inPlace, f.target = true, path
	}
	err := f.run(c.Context, checker, func(d validate.Finding) {
		f.extra = f.extra || d.Rule == validate.RuleUnknownKey
		printer.Finding(d)
	})
	report := validate.FileReport{File: nameOf(path), Summary: f.sum, Fixed: &f.fixed}
	if err != nil {
		report.Failed, report.Fixed = err.Error(), nil
	}
	printer.File(report)
	if err != nil {
		return err
	}
	if !f.quiet {
		f.say()
	}
	if f.sum.Errors > 0 {
		return withCode(exitFailed, errSaid)
	}
	return nil
}

// fixRun is one file on its way to being repaired.
type fixRun struct {
	*app
	path, target         string
	inPlace, drop, quiet bool

	sum   validate.Summary // of what is left bad
	fixed validate.Fixed
	kept  bool // the file was left as it was
	extra bool // keys that the schema does not allow are left
}

// run writes the target, which appears only when it is whole.
func (f *fixRun) run(ctx context.Context, checker *validate.Checker, report func(validate.Finding)) error {
	in, err := f.open(ctx, f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	before, err := f.state()
	if err != nil {
		return err
	}
	text, compression, err := unpack(in, nameOf(f.path))
	if err != nil {
		return err
	}
	if checker, err = checker.For(nameOf(f.path), text); err != nil {
		return err
	}
	out, err := f.create(f.target)
	if err != nil {
		return err
	}
	defer out.discard()
	packed := compression
	if !f.inPlace {
		packed = packingOf(f.target)
	}
	w, err := packer(out, packed)
	if err != nil {
		return err
	}
	f.sum, f.fixed, err = checker.Fix(ctx, text, w, nameOf(f.path), validate.FixOptions{DropUnknown: f.drop, Clean: cleaning()}, report)
	f.sum.Compression = compression
	if errors.Is(err, validate.ErrTooLong) {
		return fmt.Errorf("%w with --max-line", err)
	}
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write %s: %w", f.target, err)
	}
	if f.inPlace && (f.sum.Errors > 0 || f.fixed.Changed == 0) {
		f.kept = true
		return nil
	}
	if after, err := f.state(); err != nil || before != after {
		return fmt.Errorf("%s: it was changed while it was read; nothing was written", nameOf(f.path))
	}
	return out.commit()
}

// fileState is what changes when a file is written to.
type fileState struct {
	size     int64
	modified int64 // ns
}

// state returns the state of a file that is to be replaced.
func (f *fixRun) state() (fileState, error) {
	if !f.inPlace {
		return fileState{}, nil
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return fileState{}, err
	}
	return fileState{info.Size(), info.ModTime().UnixNano()}, nil
}

// say tells what was repaired and what was not.
func (f *fixRun) say() {
	switch {
	case !f.kept:
		f.sayFixed()
	case f.sum.Errors == 0:
		f.logf("%s: nothing to repair", quotedName(f.path))
	default:
		f.logf("%s: left as it was: %d of its lines have errors that cannot be repaired; --output writes what can be", quotedName(f.path), f.sum.BadLines)
	}
	if f.extra && !f.drop {
		f.logf("--drop-unknown removes keys that the schema does not allow")
	}
}

func (f *fixRun) sayFixed() {
	where := quotedName(f.target)
	if f.target == "-" {
		where = "stdout"
	}
	f.logf("%s: %d lines written, %d lines changed", where, f.fixed.Lines, f.fixed.Changed)
	for _, kind := range slices.Sorted(maps.Keys(f.fixed.Repairs)) {
		f.logf("  repaired %d: %s", f.fixed.Repairs[kind], kind)
	}
	if f.sum.Errors > 0 {
		f.logf("%s: %d of its lines have errors that cannot be repaired, %d errors; they were kept as they are", quotedName(nameOf(f.path)), f.sum.BadLines, f.sum.Errors)
	}
	if manifest := manifestBeside(f.target); manifest != "" {
		if _, err := os.Stat(manifest); err == nil {
			f.logf("%s describes other bytes than %s has now: delete it", quotedName(manifest), quotedName(f.target))
		}
	}
}

// seenBidi is the step of cleaning that changes nothing.
const seenBidi = "bidi controls seen"

// cleaning repairs the encoding of a text and nothing else: byte order marks, mojibake that is beyond doubt, NFC.
func cleaning() func(string) (string, []string) {
	cleaner := clean.New(clean.Options{KeepNewlines: true, KeepControls: true, KeepZeroWidth: true, KeepOuterSpace: true})
	before := cleaner.Counts()
	return func(s string) (string, []string) {
		out, err := cleaner.String(s)
		if err != nil || out == s {
			return s, nil
		}
		var kinds []string
		after := cleaner.Counts()
		for i, n := range after {
			if n.Values > before[i].Values && n.Step != seenBidi {
				kinds = append(kinds, n.Step)
			}
		}
		before = after
		return out, kinds
	}
}
