package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/hub"
)

// maxFooters is of how many files of a Hub dataset the number of rows is looked up, which costs a request each.
const maxFooters = 16

func (a *app) inspectCommand() *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "show what is in a dataset, and what convert would make of it",
		ArgsUsage: "FILE... | - | hf://datasets/ORG/NAME[@REV][/CONFIG[/SPLIT]]",
		Description: `Examples:
  promptmill inspect test.parquet
  promptmill inspect data.jsonl.gz
  promptmill inspect hf://datasets/openai/gsm8k/main/test --rows 3

` + sourceHelp + `

A Hub dataset that is not in the cache is read where it is: the ends of its files and the start of the first one.`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.Int64Flag{Name: "rows", Usage: "print the first `N` rows as JSON lines, and nothing else"},
		}, slices.Concat(sourceFlags(), hubFlags())...),
		Action: a.inspect,
	}
}

func (a *app) inspect(c *cli.Context) error {
	args := c.Args().Slice()
	switch {
	case len(args) == 0:
		return usagef("inspect needs a dataset: a file, - for stdin, or an hf:// URL (see promptmill inspect --help)")
	case c.Int64("rows") < 0:
		return usagef("--rows %d: expected how many rows to print", c.Int64("rows"))
	case len(args) == 1 && strings.HasPrefix(args[0], hubScheme):
		return a.inspectHub(c, args[0])
	}
	in, err := a.localSource(c, args)
	if err != nil {
		return err
	}
	defer in.close()
	s := &subject{local: true}
	for _, f := range in.Files {
		s.files = append(s.files, subjectFile{f.Name, f.Table})
	}
	return a.inspectSubject(c, s)
}

// subject is what is inspected.
type subject struct {
	about *datasetInfo // nil for files of this machine
	files []subjectFile
	local bool // every file is described, and reading costs nothing; else only one is, and of the others the rows are counted
}

type subjectFile struct {
	name string
	open func(context.Context) (dataset.Table, error)
}

func (a *app) inspectHub(c *cli.Context, url string) error {
	ref, err := hubRef(c, url)
	if err != nil {
		return err
	}
	r, err := a.newHubReader(c)
	if err != nil {
		return err
	}
	defer r.close()
	if r.dataset, err = a.resolveAny(c.Context, r.client, ref); err != nil {
		return err
	}
	s := &subject{about: describeDataset(r.dataset)}
	for _, f := range r.dataset.Files {
		s.files = append(s.files, subjectFile{f.Path, func(ctx context.Context) (dataset.Table, error) { return r.open(ctx, f) }})
	}
	err = remoteCause(a.inspectSubject(c, s))
	if n := r.notice(false); n != "" {
		a.logf("%s", n)
	}
	return err
}

// resolveAny resolves a reference. A config and a split that are left open, which convert would have to be told, are the
// first there are.
func (a *app) resolveAny(ctx context.Context, client *hub.Client, ref hub.Ref) (*hub.Dataset, error) {
	for {
		d, err := client.Resolve(ctx, ref)
		choice, ok := errors.AsType[*hub.ChoiceError](err)
		if !ok || choice.Asked != "" || len(choice.Choices) == 0 {
			return d, err
		}
		part := &ref.Split
		if choice.Kind == "config" {
			part = &ref.Config
		}
		if *part != "" {
			return nil, err
		}
		*part = choice.Choices[0]
		a.logf("several %ss, of which this is %s: --%s chooses another of %s", choice.Kind, shown(*part), choice.Kind, shownList(choice.Choices))
	}
}

func (a *app) inspectSubject(c *cli.Context, s *subject) error {
	if c.IsSet("rows") {
		return a.printRows(c.Context, s, c.Int64("rows"))
	}
	report, unreadable := s.inspect(c.Context)
	if report == nil {
		return unreadable
	}
	if c.Bool("json") {
		return errors.Join(unreadable, a.printJSON(report))
	}
	_, err := io.WriteString(a.stdout, printable(report.text()))
	return errors.Join(unreadable, err)
}

// inspect describes the files. When the rows of one cannot be read there are a report and an error.
func (s *subject) inspect(ctx context.Context) (*inspection, error) {
	report := &inspection{Dataset: s.about}
	var unreadable error
	described := false
	for i, f := range s.files {
		if !s.local && i >= maxFooters {
			break
		}
		about, err := s.inspectFile(ctx, f, func(rows int64) bool { return s.local || !described && rows > 0 })
		if about == nil {
			return nil, err
		}
		described = described || about.Mapping != nil
		report.Files = append(report.Files, about)
		unreadable = cmp.Or(unreadable, err)
	}
	if !described { // none of them has rows
		about, err := s.inspectFile(ctx, s.files[0], func(int64) bool { return true })
		if about == nil {
			return nil, err
		}
		report.Files[0] = about
		unreadable = cmp.Or(unreadable, err)
	}
	report.Total = s.total(report.Files)
	return report, unreadable
}

// total adds up the files, of which opened were opened.
func (s *subject) total(opened []*fileInfo) totalInfo {
	t := totalInfo{Files: len(s.files)}
	var rows int64
	for _, f := range opened {
		t.Bytes += f.Bytes
		rows += f.Rows
	}
	if s.about != nil {
		t.Bytes = s.about.Bytes
	}
	if len(opened) == len(s.files) {
		t.Rows = &rows
	}
	return t
}

// printRows prints the first n rows of all files together.
func (a *app) printRows(ctx context.Context, s *subject, n int64) error {
	var line []byte
	for _, f := range s.files {
		if n == 0 {
			break
		}
		err := a.eachRow(ctx, f, func(b *dataset.Batch, row int) (more bool, err error) {
			line = append(b.AppendJSON(line[:0], row), '\n')
			n--
			err = a.writeJSON(line)
			return n > 0, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachRow calls visit with the rows of a file until it has enough.
func (a *app) eachRow(ctx context.Context, f subjectFile, visit func(b *dataset.Batch, row int) (more bool, err error)) error {
	d, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if n := convert.Renamed(d.Schema()); n != "" {
		a.logf("%s: %s", shown(f.name), n)
	}
	for b, err := range d.Batches(ctx, nil) {
		if err != nil {
			return err
		}
		for row := range b.NumRows() {
			if more, err := visit(b, row); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// describeDataset tells which dataset it is.
func describeDataset(d *hub.Dataset) *datasetInfo {
	about := &datasetInfo{
		Repo: d.Ref.Repo, Revision: d.Ref.Revision, Commit: d.Commit, Config: d.Ref.Config, Split: d.Ref.Split, Bytes: d.Size(),
	}
	for _, c := range d.Configs {
		about.Configs = append(about.Configs, configInfo{c.Name, c.Default, c.Splits})
	}
	for _, f := range d.Files {
		about.Files = append(about.Files, hubFile{Name: filepath.ToSlash(f.Path), Bytes: f.Size, SHA256: f.SHA256})
	}
	return about
}
