package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fault"
	"github.com/promptmill/promptmill/convert/hub/internal/fill"
	"golang.org/x/sync/errgroup"
)

// LocalFile is a downloaded file.
type LocalFile struct {
	Path     string // on this machine, absolute; in the cache it is a symlink
	RepoPath string // in the repository, slash-separated
	Size     int64  // bytes
	SHA256   string // of the content, 64 hex digits
}

// Download fetches the files of d that the cache does not have and returns all of them, in the order of d.Files.
// Each file appears in the cache when it is complete and has the hash that the Hub promised. After an error or
// a cancelled context, or when the process is killed, what came of a large file stays in the cache under a
// name that Python's tools know as garbage, and the next Download goes on from there. When everything is there, no
// request is made.
//
// Errors match those of [Client.Resolve], or come from writing the cache.
func (c *Client) Download(ctx context.Context, d *Dataset) ([]LocalFile, error) {
	s := c.store(d.Ref.Repo)
	missing, err := s.missing(d)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 && c.cfg.Offline {
		return nil, notCached(fmt.Sprintf("%s: %s (%d of %d files missing)", d.Ref, fault.Printable(missing[0].Path, 200), len(missing), len(d.Files)), s)
	}
	p, err := c.cachePlace(d)
	if err != nil {
		if len(missing) > 0 {
			return nil, err
		}
		c.cfg.Logf("%v", err) // a cache that cannot be written is good enough to read from
		return localFiles(d, func(f File) string { return s.local(d.Commit, f) })
	}
	return c.download(ctx, d, p)
}

// DownloadTo is [Client.Download] into the folder dir, where the files have the paths that they have in the
// repository. It is the folder that Python calls local_dir, with its records: neither fetches what the other has
// brought.
func (c *Client) DownloadTo(ctx context.Context, d *Dataset, dir string) ([]LocalFile, error) {
	p, err := c.folderPlace(d, dir)
	if err != nil {
		return nil, err
	}
	return c.download(ctx, d, p)
}

// missing returns the files of d that are not in the cache, in order.
func (s store) missing(d *Dataset) ([]File, error) {
	var out []File
	for _, f := range d.Files {
		if err := checkName(f); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Ref, err)
		}
		there, err := s.find(d.Commit, f)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", d.Ref, fault.Printable(f.Path, 200), err)
		}
		if !there {
			out = append(out, f)
		}
	}
	return out, nil
}

// download brings a place up to date with d, and closes it.
func (c *Client) download(ctx context.Context, d *Dataset, p place) ([]LocalFile, error) {
	var missing []File
	for _, f := range d.Files {
		if !p.has(f) {
			missing = append(missing, f)
		}
	}
	err := c.fetch(ctx, d, p, missing)
	err = errors.Join(err, p.close(err == nil))
	if err != nil {
		return nil, err
	}
	return localFiles(d, p.path)
}

// fetch brings the missing files, several at once.
func (c *Client) fetch(ctx context.Context, d *Dataset, p place, missing []File) error {
	t := newTracker(c.cfg.Progress, d, missing)
	if len(missing) == 0 {
		return nil
	}
	if c.cfg.Offline {
		return fmt.Errorf("%s: %s (%d of %d files missing): %w; run once without HF_HUB_OFFLINE and --offline",
			d.Ref, fault.Printable(missing[0].Path, 200), len(missing), len(d.Files), ErrOffline)
	}
	if err := checkSpace(p, missing); err != nil {
		return err
	}
	w := newCrew(min(c.cfg.Jobs, fill.MaxPerFile*len(missing)))
	defer w.close()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.cfg.Jobs)
	for _, f := range missing {
		g.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return c.fetchFile(ctx, w, p, c.origin(d, f), t)
		})
	}
	return g.Wait()
}

// fetchFile brings one file. Bytes that are not those that were promised are set aside.
func (c *Client) fetchFile(ctx context.Context, w *crew, p place, o *origin, t *tracker) error {
	release, shared, err := p.lock(ctx, o.file)
	if err != nil {
		return err
	}
	defer release()
	ok, err := p.adopt(ctx, o.file)
	if err != nil {
		return err
	}
	if ok {
		t.keep(o.file.Size)
		t.done()
		return nil
	}
	part, err := openPartial(p, o.file, shared)
	if err != nil {
		return err
	}
	f := newFilling(ctx, o, part, func(n int64) { t.add(n); w.moved.Add(max(n, 0)) })
	defer f.cancel(nil)
	t.keep(o.file.Size - f.pieces.Left())
	err = w.complete(f)
	if wrong, ok := errors.AsType[wrongBytesError](err); ok {
		where, err := part.setAside()
		t.add(f.pieces.Left() - o.file.Size)
		return errors.Join(fmt.Errorf("%s: %w; what came is kept at %s, and nothing reads it", o.req.op, wrong, where), err)
	}
	if err != nil {
		_, arrived := f.pieces.Open()
		keep := part.journal != nil && (arrived > 0 || f.resumed)
		if !keep {
			t.add(f.pieces.Left() - o.file.Size)
		}
		return errors.Join(err, part.close(keep))
	}
	t.done()
	return part.publish()
}

// checkSpace refuses a download that the disk cannot hold. Bytes that several files share come once.
func checkSpace(p place, missing []File) error {
	root := p.root()
	if root == nil {
		return nil
	}
	need, counted := int64(0), map[string]bool{}
	for _, f := range missing {
		if counted[f.etag()] || !p.needs(f) {
			continue
		}
		counted[f.etag()] = true
		need += f.Size
		if f.Size >= resumeOver {
			need -= fill.Kept(root, p.partial(f, journalTag), f.etag(), f.Size)
		}
	}
	free, known := disk.Free(root.Name())
	if !known || need <= free {
		return nil
	}
	return fmt.Errorf("%s: %w: %d MiB are still to come and %d MiB are free; HF_HUB_CACHE or --local-dir chooses another disk, and convert --stream needs none",
		root.Name(), ErrNoSpace, (need+1<<20-1)>>20, free>>20)
}

func localFiles(d *Dataset, path func(File) string) ([]LocalFile, error) {
	out := make([]LocalFile, 0, len(d.Files))
	for _, f := range d.Files {
		sum, err := sumOf(path(f), f)
		if err != nil {
			return nil, err
		}
		out = append(out, LocalFile{Path: path(f), RepoPath: f.Path, Size: f.Size, SHA256: sum})
	}
	return out, nil
}

// sumOf returns the sha256 of a local file: the promised one, or that of its bytes.
func sumOf(path string, f File) (string, error) {
	if f.SHA256 != "" {
		return f.SHA256, nil
	}
	r, err := os.Open(path)
	if err != nil {
		return "", err
	}
	d := newDigest(f)
	_, err = io.Copy(d, r)
	if f.GitSHA1 != "" && err == nil {
		err = d.check(f)
	}
	if err = errors.Join(err, r.Close()); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return d.sha256(), nil
}

// tracker counts for [Config.Progress].
type tracker struct {
	tell func(Progress)

	mu  sync.Mutex
	now Progress
}

// newTracker counts what is there already as done.
func newTracker(tell func(Progress), d *Dataset, missing []File) *tracker {
	t := &tracker{tell: tell, now: Progress{TotalFiles: len(d.Files), TotalBytes: d.Size()}}
	t.now.Files, t.now.Bytes = t.now.TotalFiles-len(missing), t.now.TotalBytes
	for _, f := range missing {
		t.now.Bytes -= f.Size
	}
	t.now.Kept = t.now.Bytes
	t.add(0)
	return t
}

// add counts bytes that were received, or lost.
func (t *tracker) add(bytes int64) { t.update(0, bytes, 0) }

// keep counts bytes that were there before.
func (t *tracker) keep(bytes int64) { t.update(0, bytes, bytes) }

func (t *tracker) done() { t.update(1, 0, 0) }

func (t *tracker) update(files int, bytes, kept int64) {
	if t.tell == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.Files += files
	t.now.Bytes += bytes
	t.now.Kept += kept
	t.tell(t.now)
}
