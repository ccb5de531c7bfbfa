package main

import (
	"context"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/hub"
)

const hubScheme = "hf://"

// smallLimit is up to how many prompts a dataset that is not in the cache is read by range without being asked to: it
// stands for wanting a look at the data, not the data.
const smallLimit = 10_000

// hubFlags choose a part of a dataset on the Hub.
func hubFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "revision", Usage: "branch, tag or commit of a Hub dataset: `REV`"},
		&cli.StringFlag{Name: "config", Usage: "config (subset) of a Hub dataset: `NAME`"},
		&cli.StringFlag{Name: "split", Usage: "split of a Hub dataset: `NAME`"},
		&cli.BoolFlag{Name: "offline", Usage: "use the cache only; also HF_HUB_OFFLINE=1"},
	}
}

// hubConfig is how the Hub is spoken to, as the environment says.
func (a *app) hubConfig() hub.Config {
	cfg := hub.ConfigFromEnv(a.getenv, a.home)
	cfg.UserAgent = userAgent()
	return cfg
}

// input is what a command reads.
type input struct {
	convert.Source
	hub     *hubReader // nil when all files are on this machine
	spooled string     // temporary file with what stdin had, or ""
}

// close ends what reading took, once all files are closed.
func (in *input) close() {
	if in.hub != nil {
		in.hub.close()
	}
	if in.spooled != "" {
		_ = os.Remove(in.spooled) // a file in the system's folder for such files, which it empties itself
	}
}

// source finds the files that the arguments name: local files, or one hf:// URL. The caller closes the input.
func (a *app) source(c *cli.Context) (*input, error) {
	args := c.Args().Slice()
	if len(args) == 1 && strings.HasPrefix(args[0], hubScheme) {
		if c.IsSet("source-format") {
			return nil, usagef("--source-format is of files, and %s is a Hub dataset", args[0])
		}
		ref, err := hubRef(c, args[0])
		if err != nil {
			return nil, err
		}
		return a.fromHub(c, ref)
	}
	return a.localSource(c, args)
}

// overwritten returns the file of src that path names too, however it is spelled, or "".
func overwritten(src convert.Source, path string) string {
	out, err := os.Stat(path)
	if err != nil || !out.Mode().IsRegular() {
		return ""
	}
	for _, f := range src.Files {
		if in, err := os.Stat(f.Path); err == nil && os.SameFile(in, out) {
			return f.Path
		}
	}
	return ""
}

// hubRef returns what an hf:// URL and the flags name together.
func hubRef(c *cli.Context, url string) (hub.Ref, error) {
	if err := refuseEmpty(c, "revision", "config", "split"); err != nil {
		return hub.Ref{}, err
	}
	ref, err := hub.ParseURL(url)
	if err != nil {
		return ref, withCode(exitUsage, err)
	}
	ref = chosen(ref, c)
	_, err = hub.ParseURL(ref.String()) // the flags obey the rules of the URL
	return ref, withCode(exitUsage, err)
}

// chosen lets flags complete or replace the parts of a URL.
func chosen(ref hub.Ref, c *cli.Context) hub.Ref {
	for flag, part := range map[string]*string{"revision": &ref.Revision, "config": &ref.Config, "split": &ref.Split} {
		if v := c.String(flag); v != "" {
			*part = v
		}
	}
	return ref
}

// fromHub finds the files of a Hub dataset: in the cache where they are there; else, for a stream or for a few prompts,
// where they are; else it downloads them.
func (a *app) fromHub(c *cli.Context, ref hub.Ref) (*input, error) {
	r, err := a.newHubReader(c)
	if err != nil {
		return nil, err
	}
	in := &input{hub: r}
	if r.dataset, err = r.client.Resolve(c.Context, ref); err != nil {
		in.close()
		return nil, err
	}
	d := r.dataset
	in.Source = convert.Source{Repo: d.Ref.Repo, Commit: d.Commit, Config: d.Ref.Config, Split: d.Ref.Split}
	limit := c.Int64("limit")
	if !r.offline && (c.Bool("stream") || limit > 0 && limit <= smallLimit) {
		in.Files = r.files()
		return in, nil
	}
	files, err := a.download(c, r, d)
	if err != nil {
		in.close()
		return nil, err
	}
	for _, f := range files {
		in.Files = append(in.Files, convert.SourceFile{Path: f.Path, Name: f.RepoPath, SHA256: f.SHA256,
			Open: func(context.Context) (dataset.Table, error) { return openCached(f.Path) }})
	}
	return in, nil
}

// download brings the files of d into the cache of r, with a line of progress for who watches.
func (a *app) download(c *cli.Context, r *hubReader, d *hub.Dataset) ([]hub.LocalFile, error) {
	line := a.startProgress(r.noProgress || c.Bool("quiet"), r.bar.text)
	defer line.close()
	return r.client.Download(c.Context, d)
}

// downloadInstead makes r download each file that it opens from now on.
func (a *app) downloadInstead(c *cli.Context, r *hubReader) {
	r.opened = nil
	r.bring = func(_ context.Context, f hub.File) error {
		one := *r.dataset
		one.Files = []hub.File{f}
		_, err := a.download(c, r, &one)
		return err
	}
}

// refuseHub is the error for a URL of a dataset where command needs prompts, or nil when none of the arguments is one.
func refuseHub(command string, args []string) error {
	for _, arg := range args {
		if strings.HasPrefix(arg, hubScheme) {
			return usagef("%s is a dataset, and %s takes prompts: promptmill convert %s -o - | promptmill %s -", arg, command, arg, command)
		}
	}
	return nil
}
