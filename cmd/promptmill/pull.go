package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

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
			&cli.StringSliceFlag{Name: "include", Usage: "only files like `GLOB`, as in hf download (* crosses slashes); of the whole repository unless --config or --split is given; repeatable"},
			&cli.IntFlag{Name: "jobs", Usage: "at most `N` connections at once (default: as many as bring more, up to 16)"},
			&cli.StringFlag{Name: "local-dir", Usage: "put the files themselves into `FOLDER` instead of the cache"},
			&cli.BoolFlag{Name: "list", Usage: "print configs, splits, files, rows and bytes; download no data"},
			&cli.BoolFlag{Name: "verify", Usage: "hash again what the cache has; download nothing"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.BoolFlag{Name: "no-progress", Usage: "no progress line; also HF_HUB_DISABLE_PROGRESS_BARS=1"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress line and no notices"},
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
		app: a, sel: hub.Selection{Ref: ref, Include: c.StringSlice("include"), All: true, Folder: c.String("local-dir")},
		dir: c.String("local-dir"), json: c.Bool("json"), quiet: c.Bool("quiet"), bar: newDownload(ref.Repo),
	}
	if err := p.checkFlags(c); err != nil {
		return nil, hub.Config{}, err
	}
	cfg := hub.ConfigFromEnv(a.getenv, a.home)
	cfg.Offline = cfg.Offline || c.Bool("offline")
	cfg.UserAgent = "promptmill/" + version()
	cfg.Jobs = c.Int("jobs")
	cfg.Logf = p.logf
	cfg.Progress = p.bar.update
	return p, cfg, nil
}

// pullRef returns the dataset that the argument and the flags name together.
func pullRef(c *cli.Context, arg string) (hub.Ref, error) {
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
		{"list", "verify"}, {"list", "include"}, {"list", "local-dir"}, {"list", "jobs"},
		{"verify", "local-dir"}, {"verify", "jobs"},
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
		if _, err := fmt.Fprintln(p.stdout, f.Path); err != nil {
			return err
		}
	}
	p.logf("%s: %d files, %s", describePart(d), len(files), byteSize(d.Size()))
	return nil
}

func (p *puller) download(ctx context.Context) (*hub.Dataset, []hub.LocalFile, error) {
	d, err := p.client.Select(ctx, p.sel)
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

// stopped says how to go on after Ctrl-C.
func (p *puller) stopped(err error) error {
	if !errors.Is(err, errInterrupted) {
		return err
	}
	now := p.bar.progress()
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

// pulled is what pull --json prints.
type pulled struct {
	Repo     string       `json:"repo"`
	Revision string       `json:"revision"`
	Commit   string       `json:"commit"`
	Config   string       `json:"config"`
	Splits   []string     `json:"splits"`
	Exported bool         `json:"exported"`
	Partial  []string     `json:"partial"`
	Bytes    int64        `json:"bytes"`
	Files    []pulledFile `json:"files"`
}

type pulledFile struct {
	Path     string   `json:"path"`
	RepoPath string   `json:"repo_path"`
	Size     int64    `json:"size"`
	SHA256   string   `json:"sha256"`
	Split    string   `json:"split"`
	Others   []string `json:"other_splits,omitempty"` // of a file that is in several
}

func describePull(d *hub.Dataset, files []hub.LocalFile) pulled {
	out := pulled{
		Repo: d.Ref.Repo, Revision: d.Ref.Revision, Commit: d.Commit, Config: d.Ref.Config, Splits: splitNames(d),
		Exported: d.Exported, Partial: append([]string{}, d.Partial...), Bytes: d.Size(), Files: []pulledFile{},
	}
	splits := map[string][]string{}
	for _, s := range d.Splits {
		for _, f := range s.Files {
			splits[f.Path] = append(splits[f.Path], s.Name)
		}
	}
	for _, f := range files {
		file := pulledFile{Path: f.Path, RepoPath: f.RepoPath, Size: f.Size, SHA256: f.SHA256}
		if in := splits[f.RepoPath]; len(in) > 0 {
			file.Split, file.Others = in[0], in[1:]
		}
		out.Files = append(out.Files, file)
	}
	return out
}

func (p *puller) printJSON(v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.stdout, string(text)+"\n")
	return err
}
