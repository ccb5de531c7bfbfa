package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/hub"
)

const hubScheme = "hf://"

// hubFlags choose a part of a dataset on the Hub.
func hubFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "revision", Usage: "branch, tag or commit of a Hub dataset: `REV`"},
		&cli.StringFlag{Name: "config", Usage: "config (subset) of a Hub dataset: `NAME`"},
		&cli.StringFlag{Name: "split", Usage: "split of a Hub dataset: `NAME`"},
		&cli.BoolFlag{Name: "offline", Usage: "use the cache only; also HF_HUB_OFFLINE=1"},
	}
}

// source finds the files that the arguments name: local files, or one hf:// URL, which is downloaded first.
func (a *app) source(c *cli.Context) (convert.Source, error) {
	args := c.Args().Slice()
	if len(args) == 1 && strings.HasPrefix(args[0], hubScheme) {
		ref, err := hub.ParseURL(args[0])
		if err != nil {
			return convert.Source{}, withCode(exitUsage, err)
		}
		return a.download(c, ref)
	}
	for _, flag := range []string{"revision", "config", "split"} {
		if c.String(flag) != "" {
			return convert.Source{}, usagef("--%s is of a Hub dataset, and %s is a file", flag, args[0])
		}
	}
	var src convert.Source
	for _, arg := range args {
		if strings.HasPrefix(arg, hubScheme) {
			return convert.Source{}, usagef("%s: only one Hub dataset at a time, and no other files beside it", arg)
		}
		src.Files = append(src.Files, convert.SourceFile{Path: arg, Name: filepath.ToSlash(arg)})
	}
	return src, nil
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

// download brings the files of a Hub dataset into the cache.
func (a *app) download(c *cli.Context, ref hub.Ref) (convert.Source, error) {
	ref = chosen(ref, c)
	if _, err := hub.ParseURL(ref.String()); err != nil { // the flags obey the rules of the URL
		return convert.Source{}, withCode(exitUsage, err)
	}
	d, files, err := a.pullFiles(c.Context, ref, c.Bool("offline"))
	if err != nil {
		return convert.Source{}, err
	}
	src := convert.Source{Repo: d.Ref.Repo, Commit: d.Commit, Config: d.Ref.Config, Split: d.Ref.Split}
	for _, f := range files {
		src.Files = append(src.Files, convert.SourceFile{Path: f.Path, Name: f.RepoPath, SHA256: f.SHA256})
	}
	return src, nil
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

func (a *app) pullFiles(ctx context.Context, ref hub.Ref, offline bool) (*hub.Dataset, []hub.LocalFile, error) {
	cfg := hub.ConfigFromEnv(a.getenv, a.home)
	cfg.Offline = cfg.Offline || offline
	cfg.UserAgent = "promptmill/" + version()
	cfg.Logf = a.logf
	client, err := hub.New(cfg)
	if err != nil {
		return nil, nil, withCode(exitUsage, err)
	}
	defer client.CloseIdle()
	d, err := client.Resolve(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	files, err := client.Download(ctx, d)
	return d, files, err
}
