package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"
)

// LocalFile is a downloaded file.
type LocalFile struct {
	Path     string // on this machine, absolute; a symlink into the cache
	RepoPath string // in the repository, slash-separated
	Size     int64  // bytes
	SHA256   string // of the content, 64 hex digits
}

// Download fetches the files of d that the cache does not have and returns all of them, in the order of d.Files.
// Each file appears in the cache when it is complete and has the hash that the Hub promised; after an error or
// a cancelled context there are some whole files more than before, and nothing else. When everything is there, no
// request is made.
//
// Errors match those of [Client.Resolve], or come from writing the cache.
func (c *Client) Download(ctx context.Context, d *Dataset) ([]LocalFile, error) {
	s := c.store(d.Ref.Repo)
	missing, err := s.missing(d)
	if err != nil {
		return nil, err
	}
	p := newTracker(c.cfg.Progress, d, missing)
	switch {
	case len(missing) == 0:
		_ = c.save(ctx, s, d, nil, p) // a cache that cannot be written is good enough to read from
	case c.cfg.Offline:
		return nil, notCached(fmt.Sprintf("%s: %s (%d of %d files missing)", d.Ref, printable(missing[0].Path, 200), len(missing), len(d.Files)), s)
	default:
		if err := c.save(ctx, s, d, missing, p); err != nil {
			return nil, err
		}
	}
	return s.results(d)
}

// missing returns the files of d that are not in the cache, in order.
func (s store) missing(d *Dataset) ([]File, error) {
	var out []File
	for _, f := range d.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return nil, fmt.Errorf("%s: %w: the name %q cannot be a file on this system", d.Ref, ErrCorrupt, f.Path)
		}
		if !s.has(d.Commit, f) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (s store) results(d *Dataset) ([]LocalFile, error) {
	out := make([]LocalFile, 0, len(d.Files))
	for _, f := range d.Files {
		sum, err := s.sum(d.Commit, f)
		if err != nil {
			return nil, err
		}
		out = append(out, LocalFile{Path: s.local(d.Commit, f), RepoPath: f.Path, Size: f.Size, SHA256: sum})
	}
	return out, nil
}

// save brings the cache up to date with d. The ref comes last: who follows it offline finds a complete split.
func (c *Client) save(ctx context.Context, s store, d *Dataset, missing []File, p *tracker) (err error) {
	w, err := s.writer(d.Commit)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.saveDocs(d); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.cfg.Jobs)
	for _, f := range missing {
		g.Go(func() error { return c.fetch(ctx, w, d, f, p) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return w.setRef(d.Ref.Revision, d.Commit)
}

// fetch brings one file into the cache.
func (c *Client) fetch(ctx context.Context, w *writer, d *Dataset, f File, p *tracker) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if w.hasBlob(f) { // another commit, or another name, has the same bytes
		p.add(f.Size)
	}
	err := w.addBlob(f, func(file *os.File) error {
		_, err := c.transfer(d, f, fileSink{file}, p.add).run(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if err := w.link(d.Commit, f); err != nil {
		return err
	}
	p.done()
	return nil
}

// saveDocs writes what resolving needs when there is no network: the listing and the files that declare configs.
func (w *writer) saveDocs(d *Dataset) error {
	for name, text := range d.docs {
		f := d.tree[name]
		if err := w.write("blobs/"+f.etag(), text); err != nil {
			return err
		}
		if err := w.link(d.Commit, f); err != nil {
			return err
		}
	}
	if !d.whole {
		return nil
	}
	text, err := encodeTree(d.tree)
	if err != nil {
		return err
	}
	return w.write(treeName(d.Commit), text)
}

// tracker counts for [Config.Progress].
type tracker struct {
	tell func(Progress)

	mu  sync.Mutex
	now Progress
}

// newTracker counts what is in the cache already as done.
func newTracker(tell func(Progress), d *Dataset, missing []File) *tracker {
	t := &tracker{tell: tell, now: Progress{TotalFiles: len(d.Files), TotalBytes: d.Size()}}
	t.now.Files, t.now.Bytes = t.now.TotalFiles-len(missing), t.now.TotalBytes
	for _, f := range missing {
		t.now.Bytes -= f.Size
	}
	t.add(0)
	return t
}

func (t *tracker) add(bytes int64) { t.update(0, bytes) }

func (t *tracker) done() { t.update(1, 0) }

func (t *tracker) update(files int, bytes int64) {
	if t.tell == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.Files += files
	t.now.Bytes += bytes
	t.tell(t.now)
}
