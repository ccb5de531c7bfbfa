package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// cachePlace is the cache that Python shares, as the place of one commit of a dataset. It creates nothing before it is
// asked for a lock.
type cachePlace struct {
	store
	c *Client
	d *Dataset

	mu    sync.Mutex
	read  *os.Root // the store's folder, for has; nil while it does not exist
	w     *writer  // nil until something is written
	locks *os.Root // of all datasets; nil where there can be none
}

func (c *Client) cachePlace(d *Dataset) (place, error) {
	if err := d.Ref.check(); err != nil {
		return nil, err
	}
	p := &cachePlace{store: c.store(d.Ref.Repo), c: c, d: d}
	root, err := os.OpenRoot(p.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, p.writeError(err)
	}
	p.read = root
	return p, nil
}

func (p *cachePlace) path(f File) string { return p.local(p.d.Commit, f) }

func (p *cachePlace) has(f File) bool {
	p.mu.Lock()
	root := p.read
	p.mu.Unlock()
	return root != nil && p.hasIn(root, p.d.Commit, f)
}

// needs is true for a blob that is there where there are no symlinks: it is copied.
func (p *cachePlace) needs(f File) bool {
	p.mu.Lock()
	root := p.read
	p.mu.Unlock()
	return root == nil || !p.hasIn(root, p.d.Commit, f) && (p.plain || !p.hasBlobIn(root, f))
}

func (p *cachePlace) root() *os.Root {
	w, err := p.writer()
	if err != nil {
		return nil
	}
	return w.Root
}

func (p *cachePlace) partial(f File, tag string) string {
	return "blobs/" + f.etag() + "." + tag + ".incomplete"
}

func (p *cachePlace) lock(ctx context.Context, f File) (release func(), shared bool, err error) {
	what := p.d.Ref.Repo + ": " + fault.Printable(f.Path, 200)
	if err := checkName(f); err != nil {
		return nil, false, fmt.Errorf("%s: %w", p.d.Ref.Repo, err)
	}
	if _, err := p.writer(); err != nil {
		return nil, false, err
	}
	if p.locks == nil {
		return func() {}, true, nil
	}
	return p.c.acquire(ctx, p.locks, p.lockName(f), what)
}

func (p *cachePlace) adopt(_ context.Context, f File) (bool, error) {
	w, err := p.writer()
	if err != nil {
		return false, err
	}
	return w.adopt(p.d.Commit, f)
}

func (p *cachePlace) publish(f File, name string) error {
	w, err := p.writer()
	if err != nil {
		return err
	}
	return w.publish(p.d.Commit, f, name)
}

// writer opens the store for writing, once.
func (p *cachePlace) writer() (*writer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w != nil {
		return p.w, nil
	}
	w, err := p.store.writer(p.d.Commit)
	if err != nil {
		return nil, err
	}
	p.locks = openLocks(p.cache)
	release := p.lockDocs(w)
	defer release()
	if err := w.saveDocs(p.d); err != nil {
		return nil, errors.Join(err, w.close())
	}
	p.w = w
	if p.read == nil {
		p.read = w.Root
	}
	return w, nil
}

// lockDocs takes the locks of the small files that are to be saved, as far as they are free: whoever holds one writes the
// same bytes, and each appears whole.
func (p *cachePlace) lockDocs(w *writer) (release func()) {
	var held []*os.File
	for name := range p.d.docs {
		f := p.d.tree[name]
		if w.hasIn(w.Root, p.d.Commit, f) {
			continue
		}
		if lock := p.tryLock(f); lock != nil { // without locks it is written all the same
			held = append(held, lock)
		}
	}
	return func() {
		for _, lock := range held {
			_ = lock.Close() // nothing was written
		}
	}
}

// openLocks opens the folder of all locks; nil where there can be none. It may itself be a symlink: that is how a cache
// on a file system without locks gets some.
func openLocks(cache string) *os.Root {
	dir := filepath.Join(cache, ".locks")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	return root
}

// close writes the ref last: who follows it offline finds everything that was asked for. When nothing had to be
// fetched, a cache that cannot be written is good enough.
func (p *cachePlace) close(complete bool) error {
	begun := p.w != nil
	var err error
	if complete {
		err = p.collision()
	}
	if complete && err == nil && !p.c.cfg.Offline {
		if err = p.finish(); !begun {
			err = nil
		}
	}
	return errors.Join(err, p.release())
}

func (p *cachePlace) collision() error {
	if p.read == nil {
		return nil
	}
	err := collision(p.read, p.d.Files, func(f File) string { return snapshotName(p.d.Commit, f.Path) })
	if err != nil {
		return fmt.Errorf("%s: %w", p.d.Ref, err)
	}
	return nil
}

func (p *cachePlace) finish() error {
	w, err := p.writer()
	if err != nil {
		return err
	}
	if err := w.saveAbsent(p.d); err != nil {
		return err
	}
	if err := w.saveSource(p.d.source); err != nil {
		return err
	}
	for _, dir := range snapshotFolders(p.d) {
		if err := w.SyncDir(dir); err != nil {
			return err
		}
	}
	if err := w.setRef(p.d.Ref.Revision, p.d.Commit); err != nil {
		return err
	}
	sweep(p, w.Root, p.d.Files, p.tryLock)
	return nil
}

// tryLock returns the lock of f, unless somebody has it or there are no locks.
func (p *cachePlace) tryLock(f File) *os.File {
	if p.locks == nil {
		return nil
	}
	lock, _ := disk.TryLock(p.locks, p.lockName(f))
	return lock
}

// release closes what is open.
func (p *cachePlace) release() error {
	var errs []error
	if p.w != nil {
		if p.read == p.w.Root {
			p.read = nil
		}
		errs = append(errs, p.w.close())
	}
	for _, root := range []*os.Root{p.read, p.locks} {
		if root != nil {
			errs = append(errs, root.Close())
		}
	}
	return errors.Join(errs...)
}

// publish makes the complete file name, which is in the store, appear as f. Bytes that another commit or process has
// brought meanwhile are as good.
func (w *writer) publish(commit string, f File, name string) error {
	if w.plain {
		return w.moveIn(commit, f, name)
	}
	blob := "blobs/" + f.etag()
	if w.hasBlob(f) {
		if err := w.Root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return w.writeError(err)
		}
	} else if err := w.Root.Rename(name, blob); err != nil && !w.hasBlob(f) {
		return w.writeError(err)
	}
	if err := w.SyncDir("blobs"); err != nil {
		return err
	}
	err := w.link(commit, f)
	if err != nil && disk.NoSymlinks(err) {
		return w.moveIn(commit, f, blob)
	}
	return err
}

// moveIn makes the file name appear in the snapshot itself, as Python does where there are no symlinks.
func (w *writer) moveIn(commit string, f File, name string) error {
	to := snapshotName(commit, f.Path)
	if err := w.Root.MkdirAll(path.Dir(to), 0o777); err != nil {
		return w.writeError(err)
	}
	if err := w.Root.Rename(name, to); err != nil {
		return w.writeError(err)
	}
	return w.SyncDir(path.Dir(to))
}

// adopt makes f appear if its bytes are in the store already: another path, commit or process has brought them.
func (w *writer) adopt(commit string, f File) (bool, error) {
	if w.hasIn(w.Root, commit, f) {
		return true, nil
	}
	if !w.hasBlob(f) {
		return false, nil
	}
	if !w.plain {
		err := w.link(commit, f)
		if err == nil || !disk.NoSymlinks(err) {
			return err == nil, err
		}
	}
	err := w.copyIn(commit, f)
	return err == nil, err
}
