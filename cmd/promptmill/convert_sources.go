package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
)

// sourceHelp describes what convert and inspect read.
const sourceHelp = `A source is parquet, JSONL, a JSON array of objects, CSV, TSV, text (a row per line, column "text") or Arrow IPC; each but
parquet may be compressed with gzip or zstd. As - it comes from stdin, which is put aside in a temporary file (TMPDIR names the
folder). Content tells the format, then the name, unless --source-format does. The first record of CSV and TSV has the names of
the columns. Several files, and quoted patterns such as 'part-*.jsonl', are one dataset: its columns are those of all files, a
column that a file lacks is null there, numbers beside texts are read as text. The types of JSON and CSV are found by reading
all rows before the first is converted; with --limit, only those at the start, at least 4 MiB of them.`

// sourceFlags say how files are read.
func sourceFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "source-format", Usage: "read files as `FORMAT`, whatever they look like: parquet, jsonl, json, csv, tsv, txt, arrow"},
	}
}

// streamFlag is of convert alone: inspect reads little as it is.
func streamFlag() cli.Flag {
	return &cli.BoolFlag{Name: "stream", Usage: "read a Hub dataset where it is, without keeping it on disk"}
}

// localSource returns files of this machine and stdin, for which the flags that choose on the Hub make no sense. The
// caller closes the input.
func (a *app) localSource(c *cli.Context, args []string) (*input, error) {
	for _, flag := range []string{"revision", "config", "split", "stream"} {
		if c.IsSet(flag) {
			return nil, usagef("--%s is of a Hub dataset, and %s is a file", flag, args[0])
		}
	}
	format, err := dataset.ParseFormat(c.String("source-format"))
	if err != nil {
		return nil, usagef("--source-format: %w", err)
	}
	in := &input{}
	for _, arg := range args {
		if err := a.addLocal(c.Context, in, arg, format); err != nil {
			in.close()
			return nil, err
		}
	}
	return in, nil
}

// addLocal adds what one argument names.
func (a *app) addLocal(ctx context.Context, in *input, arg string, format dataset.Format) error {
	switch {
	case strings.HasPrefix(arg, hubScheme):
		return usagef("%s: only one Hub dataset at a time, and no other files beside it", arg)
	case arg == "-" && in.spooled != "":
		return usagef("-: stdin can be read once only")
	case arg == "-":
		return a.addStdin(ctx, in, format)
	}
	paths, err := expand(arg)
	if err != nil {
		return err
	}
	for _, path := range paths {
		in.Files = append(in.Files, convert.SourceFile{Path: path, Name: filepath.ToSlash(path), Format: format})
	}
	return nil
}

// expand returns the files that a pattern matches, sorted; a file that is there under the name itself is no pattern.
func expand(arg string) ([]string, error) {
	if !strings.ContainsAny(arg, "*?[{") {
		return []string{arg}, nil
	}
	if _, err := os.Lstat(arg); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return []string{arg}, nil
	}
	if strings.Contains(arg, "**") {
		return nil, usagef("%s: ** does not reach into folders of folders: expected a pattern for each level, such as 'data/*.jsonl' 'data/*/*.jsonl'", arg)
	}
	paths, err := filepath.Glob(arg)
	if err != nil {
		return nil, usagef("%s: this is no pattern: * stands for any characters, ? for one, [abc] for one of several", arg)
	}
	switch {
	case len(paths) == 0 && strings.Contains(arg, "{"):
		return nil, fmt.Errorf("%s: there is no file of this name; if {a,b} is meant for a or b, give both, or leave it to the shell without quotes", arg)
	case len(paths) == 0:
		return nil, fmt.Errorf("%s: no file matches this pattern", arg)
	}
	slices.Sort(paths)
	return paths, nil
}

// addStdin puts stdin into a temporary file: types are found by reading all of it, rows by reading it again, and parquet is
// read from its end.
func (a *app) addStdin(ctx context.Context, in *input, format dataset.Format) error {
	r := bufio.NewReader(a.input(ctx))
	if head, _ := r.Peek(dataset.EnoughToTell); format == "" {
		if err := dataset.Plausible("stdin", head); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp("", "promptmill-stdin-*")
	if err != nil {
		return fmt.Errorf("stdin is put aside in a temporary file: %w", err)
	}
	in.spooled = f.Name()
	if _, err := io.Copy(f, r); err != nil {
		err = fmt.Errorf("stdin is put aside in %s, in the folder that TMPDIR names: %w", f.Name(), err)
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("stdin is put aside in %s: %w", f.Name(), err)
	}
	in.Files = append(in.Files, convert.SourceFile{Path: f.Name(), Name: "stdin", Format: format})
	return nil
}
