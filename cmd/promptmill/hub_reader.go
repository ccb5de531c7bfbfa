package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/hub"
)

// hubReader is a dataset on the Hub, whose files are read where they are unless the cache has them.
type hubReader struct {
	client     *hub.Client
	dataset    *hub.Dataset
	offline    bool
	bar        *download // of downloads
	noProgress bool
	opened     []*hub.RemoteFile
}

// newHubReader returns one without a dataset, as the environment and the flags ask.
func (a *app) newHubReader(c *cli.Context) (*hubReader, error) {
	cfg := hub.ConfigFromEnv(a.getenv, a.home)
	cfg.Offline = cfg.Offline || c.Bool("offline")
	cfg.UserAgent = "promptmill/" + version()
	cfg.Logf = func(format string, args ...any) {
		if !c.Bool("quiet") || strings.HasPrefix(format, "WARNING") { // that the data is not what was asked for
			a.logf(format, args...)
		}
	}
	r := &hubReader{offline: cfg.Offline, bar: newDownload("download"), noProgress: cfg.NoProgress}
	cfg.Progress = r.bar.update
	var err error
	r.client, err = hub.New(cfg)
	return r, withCode(exitUsage, err)
}

func (r *hubReader) close() { r.client.CloseIdle() }

// files returns the files of the dataset for convert. Each is opened when its turn comes.
func (r *hubReader) files() (files []convert.SourceFile) {
	for _, f := range r.dataset.Files {
		files = append(files, convert.SourceFile{Name: f.Path, SHA256: f.SHA256, Open: func(ctx context.Context) (*dataset.File, error) {
			return r.open(ctx, f)
		}})
	}
	return files
}

// open opens a file from the cache, or else where it is.
func (r *hubReader) open(ctx context.Context, f hub.File) (*dataset.File, error) {
	if path, ok := r.client.Cached(r.dataset, f); ok {
		return dataset.Open(path)
	}
	src := r.client.Open(ctx, r.dataset, f)
	r.opened = append(r.opened, src)
	d, err := dataset.OpenSource(f.Path, remoteFile{src})
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx) // which is not the file's fault
	}
	return d, err
}

// remoteFile makes a file on the Hub one that package dataset can read.
type remoteFile struct{ *hub.RemoteFile }

var _ interface {
	dataset.Source
	dataset.Streamer
} = remoteFile{}

// Stream implements [dataset.Streamer].
func (f remoteFile) Stream(ctx context.Context, steps [][][2]int64) dataset.Stream {
	return f.RemoteFile.Stream(ctx, steps)
}

// notice tells what was read by range, or "" when nothing was.
func (r *hubReader) notice() string {
	if r == nil || len(r.opened) == 0 {
		return ""
	}
	var moved int64
	for _, f := range r.opened {
		moved += f.Moved()
	}
	return fmt.Sprintf("read in place: %s of %s came over the network; parts of a file cannot be checked against its hash, as promptmill pull does",
		byteSize(moved), byteSize(r.dataset.Size()))
}

// byteSize writes a number of bytes as people read it.
func byteSize(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/(1<<10), 0
	for size >= 1000 && unit < 5 {
		size, unit = size/(1<<10), unit+1
	}
	return fmt.Sprintf("%.3g %ciB", size, "KMGTPE"[unit])
}
