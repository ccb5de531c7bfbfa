package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/convert/hub"
)

func (a *app) pullCommand() *cli.Command {
	return &cli.Command{
		Name:      "pull",
		Usage:     "download a Hugging Face dataset into the cache that Python shares",
		ArgsUsage: "ORG/NAME | hf://datasets/ORG/NAME[@REV][/CONFIG[/SPLIT]]",
		Description: `Examples:
  promptmill pull openai/gsm8k --list                         what there is; downloads no data
  promptmill pull openai/gsm8k --config main --split test
  promptmill convert $(promptmill pull openai/gsm8k --config main --split test) -o prompts.jsonl

Prints the path of each file. Without --split it fetches every split of the config. A download that was stopped goes on
where it stopped. HF_TOKEN, HF_ENDPOINT, HF_HOME and HF_HUB_OFFLINE mean what they mean to the Python client.`,
		Flags: append(hubFlags(),
			&cli.StringSliceFlag{Name: "include", Usage: "only files like `GLOB`, as in hf download (* crosses slashes); of the whole repository unless --config or --split is given; repeatable; several in PROMPTMILL_INCLUDE are one per line"},
			&cli.StringFlag{Name: "shard", Usage: "one of n parts of the files, in their order: `I/N`, from 0/N to N-1/N"},
			&cli.IntFlag{Name: "jobs", Usage: "at most `N` connections at once (default: as many as bring more, up to 16)"},
			&cli.StringFlag{Name: "local-dir", Usage: "put the files themselves into `FOLDER` instead of the cache"},
			&cli.BoolFlag{Name: "list", Usage: fmt.Sprintf("print configs, splits, files, rows and bytes, with --include the files that it takes; download no data. Rows of more than %d files are those that the card declares", maxCounted)},
			&cli.BoolFlag{Name: "dry-run", Usage: "print which files would be fetched and how large they are; fetch none"},
			&cli.BoolFlag{Name: "verify", Usage: "hash again what is there, in the cache or the folder; download nothing"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "no-progress", Usage: "no progress line; also HF_HUB_DISABLE_PROGRESS_BARS=1"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress line and no notices"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "a line on stderr for every request and connection; also HF_DEBUG=1"},
		),
		Action: a.pull,
	}
}

// puller is one pull command.
type puller struct {
	*app
	client *hub.Client
	sel    hub.Selection
	bar    *download
	dir    string // --local-dir
	json   bool
	quiet  bool
	shard  bench.Shard // of the files; zero is all of them
}

func (a *app) pull(c *cli.Context) error {
	p, cfg, err := a.newPuller(c)
	if err != nil {
		return err
	}
	if p.client, err = hub.New(cfg); err != nil {
		return withCode(exitUsage, err)
	}
	defer p.client.CloseIdle()
	switch {
	case c.Bool("list"):
		err = p.list(c.Context)
	case c.Bool("dry-run"):
		err = p.plan(c.Context)
	case c.Bool("verify"):
		err = p.verify(c.Context)
	default:
		err = p.fetch(c.Context, c.Bool("no-progress") || cfg.NoProgress || p.quiet)
	}
	return err
}

// newPuller checks the command line.
func (a *app) newPuller(c *cli.Context) (*puller, hub.Config, error) {
	if c.NArg() != 1 {
		return nil, hub.Config{}, usagef("pull takes one dataset, such as openai/gsm8k; got %d arguments", c.NArg())
	}
	ref, err := pullRef(c, c.Args().First())
	if err != nil {
		return nil, hub.Config{}, withCode(exitUsage, err)
	}
	p := &puller{
		app: a, sel: hub.Selection{Ref: ref, Include: splitLines(c.StringSlice("include")), All: true, Folder: c.String("local-dir")},
		dir: c.String("local-dir"), json: c.Bool("json"), quiet: c.Bool("quiet"), bar: newDownload(ref.Repo),
	}
	if err := p.checkFlags(c); err != nil {
		return nil, hub.Config{}, err
	}
	if s := c.String("shard"); c.IsSet("shard") {
		if p.shard, err = bench.ParseShard(s); err != nil {
			return nil, hub.Config{}, usagef("--%w", err)
		}
	}
	cfg := a.hubConfig()
	cfg.Offline = cfg.Offline || c.Bool("offline")
	cfg.Jobs = c.Int("jobs")
	cfg.Debug = cfg.Debug || c.Bool("verbose")
	cfg.Logf = p.logf
	cfg.Progress = p.bar.update
	return p, cfg, nil
}

// pullRef returns the dataset that the argument and the flags name together.
func pullRef(c *cli.Context, arg string) (hub.Ref, error) {
	if err := refuseEmpty(c, "revision", "config", "split"); err != nil {
		return hub.Ref{}, err
	}
	if strings.HasPrefix(arg, hubScheme) {
		return hubRef(c, arg)
	}
	ref, err := hub.ParseRepo(arg)
	if err != nil {
		return ref, err
	}
	ref = chosen(ref, c)
	if ref.Config == "" && ref.Split != "" { // which a URL cannot say
		_, err = hub.ParseURL(hub.Ref{Repo: ref.Repo, Revision: ref.Revision, Config: ref.Split}.String())
		return ref, err
	}
	_, err = hub.ParseURL(ref.String()) // the flags obey the rules of the URL
	return ref, err
}

// checkFlags refuses flags that have no meaning together.
func (p *puller) checkFlags(c *cli.Context) error {
	for _, pair := range [][2]string{
		{"list", "verify"}, {"list", "local-dir"}, {"list", "jobs"}, {"list", "shard"},
		{"verify", "jobs"}, {"dry-run", "list"}, {"dry-run", "verify"}, {"quiet", "verbose"},
	} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return usagef("--%s and --%s do not go together", pair[0], pair[1])
		}
	}
	if c.IsSet("jobs") && c.Int("jobs") < 1 {
		return usagef("--jobs %d: expected 1 or more", c.Int("jobs"))
	}
	if c.IsSet("local-dir") && p.dir == "" {
		return usagef("--local-dir is empty: expected a folder")
	}
	if slices.Contains(p.sel.Include, "") {
		return usagef("--include is empty: expected a pattern such as '*.parquet'")
	}
	return nil
}

// logf is silent under --quiet, but for warnings that the data is not what was asked for.
func (p *puller) logf(format string, args ...any) {
	if !p.quiet || strings.HasPrefix(format, "WARNING") {
		p.app.logf(format, args...)
	}
}

// fetch downloads what is missing and prints where everything is.
func (p *puller) fetch(ctx context.Context, noBar bool) error {
	line := p.startProgress(noBar, p.bar.text)
	d, files, err := p.download(ctx)
	line.close()
	if err != nil {
		return p.stopped(err)
	}
	if p.json {
		return p.printJSON(describePull(d, files))
	}
	for _, f := range files {
		if _, err := fmt.Fprintln(p.stdout, p.pathLine(f.Path)); err != nil {
			return err
		}
	}
	p.logf("%s: %s, %s", describePart(d), counted(len(files), "file"), byteSize(d.Size()))
	return nil
}

func (p *puller) download(ctx context.Context) (*hub.Dataset, []hub.LocalFile, error) {
	d, err := p.selected(ctx)
	if err != nil {
		return nil, nil, err
	}
	var files []hub.LocalFile
	if p.dir != "" {
		files, err = p.client.DownloadTo(ctx, d, p.dir)
	} else {
		files, err = p.client.Download(ctx, d)
	}
	return d, files, err
}

// stopped says how to go on after Ctrl-C, or after an error when a part has come.
func (p *puller) stopped(err error) error {
	now := p.bar.progress()
	switch {
	case errors.Is(err, errInterrupted):
	case errors.Is(err, hub.ErrOffline), now.Bytes <= 0, now.Bytes >= now.TotalBytes:
		return err
	default:
		return fmt.Errorf("%w; %s of %s are here and kept: the same command goes on from there", err, byteSize(now.Bytes), byteSize(now.TotalBytes))
	}
	if now.TotalFiles == 0 {
		return withCode(exitPart, fmt.Errorf("interrupted before the first file; run the same command again"))
	}
	return withCode(exitPart, fmt.Errorf("interrupted with %s of %s; run the same command again to go on from there",
		byteSize(now.Bytes), byteSize(now.TotalBytes)))
}

// describePart names what was selected.
func describePart(d *hub.Dataset) string {
	s := fmt.Sprintf("%s at %.12s", d.Ref.Repo, d.Commit)
	if d.Ref.Config != "" {
		s += ", config " + shown(d.Ref.Config)
	}
	switch names := splitNames(d); len(names) {
	case 0:
	case 1:
		s += ", split " + shown(names[0])
	default:
		s += ", splits " + shownList(names)
	}
	return s
}

func splitNames(d *hub.Dataset) []string {
	names := []string{}
	for _, s := range d.Splits {
		names = append(names, s.Name)
	}
	return names
}
