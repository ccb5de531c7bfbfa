package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

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
	bring      func(context.Context, hub.File) error // when set, brings files into the cache instead of reading them in place

	mu     sync.Mutex // files are opened by several goroutines; bringing one has a line of progress
	opened []*hub.RemoteFile
}

// newHubReader returns one without a dataset, as the environment and the flags ask.
func (a *app) newHubReader(c *cli.Context) (*hubReader, error) {
	cfg := a.hubConfig()
	cfg.Offline = cfg.Offline || c.Bool("offline")
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
		files = append(files, convert.SourceFile{Name: f.Path, SHA256: f.SHA256, Open: func(ctx context.Context) (dataset.Table, error) {
			return r.open(ctx, f)
		}})
	}
	return files
}

// open opens a file from the cache, or else where it is.
func (r *hubReader) open(ctx context.Context, f hub.File) (*dataset.File, error) {
	if err := r.brought(ctx, f); err != nil {
		return nil, err
	}
	if path, ok := r.client.Cached(r.dataset, f); ok {
		return openCached(path)
	}
	src := r.client.Open(ctx, r.dataset, f)
	r.mu.Lock()
	r.opened = append(r.opened, src)
	r.mu.Unlock()
	d, err := dataset.OpenSource(fmt.Sprintf("%s@%.8s: %s", r.dataset.Ref.Repo, r.dataset.Commit, f.Path), remoteFile{src})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx) // which is not the file's fault
	case errors.Is(err, dataset.ErrPointer), errors.Is(err, dataset.ErrCut):
		return nil, ownersFault(err)
	}
	return d, remoteCause(err)
}

// brought brings a file into the cache, if files are to be there.
func (r *hubReader) brought(ctx context.Context, f hub.File) error {
	if r.bring == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bring(ctx, f)
}

// openCached opens a file of the cache, which has been compared with the hash that the Hub promises.
func openCached(path string) (*dataset.File, error) {
	src, err := dataset.OpenLocal(path)
	if err != nil {
		return nil, err
	}
	d, err := dataset.OpenSource(path, src)
	switch {
	case errors.Is(err, dataset.ErrPointer):
		return nil, ownersFault(err)
	case errors.Is(err, dataset.ErrCut):
		return nil, fmt.Errorf("%w; promptmill pull --verify says whether it is what the Hub has", err)
	}
	return d, err
}

// ownersFault is for a file that no download makes better.
func ownersFault(err error) error {
	return fmt.Errorf("%w; the repository itself holds it like this: tell the owner of the dataset", err)
}

// remoteFile makes a file on the Hub one that package dataset can read.
type remoteFile struct{ *hub.RemoteFile }

var _ interface {
	dataset.Source
	dataset.Streamer
} = remoteFile{}

// Stream implements [dataset.Streamer].
func (f remoteFile) Stream(ctx context.Context, steps [][][2]int64) dataset.Stream {
	return remoteStream{f.RemoteFile.Stream(ctx, steps)}
}

// ReadAt implements [io.ReaderAt].
func (f remoteFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.RemoteFile.ReadAt(p, off)
	return n, remoteFailure(err)
}

type remoteStream struct{ *hub.Stream }

// ReadAt implements [io.ReaderAt].
func (s remoteStream) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.Stream.ReadAt(p, off)
	return n, remoteFailure(err)
}

// remoteError is an error of the network. It says itself which file of which dataset it is about.
type remoteError struct{ error }

func (e *remoteError) Unwrap() error { return e.error }

func remoteFailure(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &remoteError{err}
}

// remoteCause returns the error of the network in err, if there is one: that a reader of parquet met it says nothing
// more. Other errors it returns as they are.
func remoteCause(err error) error {
	if e, ok := errors.AsType[*remoteError](err); ok {
		return e.error
	}
	return err
}

// notice tells what was read by range, or "" when nothing was. With a manifest it tells what the hashes in there are.
func (r *hubReader) notice(manifest bool) string {
	if r == nil {
		return ""
	}
	var moved int64
	checked := true
	for _, f := range r.opened {
		if n := f.Moved(); n > 0 {
			moved += n
			checked = checked && f.Checked()
		}
	}
	text := fmt.Sprintf("read in place: %s of %s came over the network", byteSize(moved), byteSize(r.dataset.Size()))
	switch {
	case moved == 0:
		return ""
	case checked:
		return text + ", which has the hash that the Hub promises"
	case manifest:
		return text + "; parts of a file cannot be checked: the sha256 in the manifest is the one that the Hub promises for the whole file, which promptmill pull checks"
	}
	return text + "; parts of a file cannot be checked against its hash, as promptmill pull does"
}
