package hub

import (
	"context"
	"crypto/sha1" // in names only, as Python's
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/promptmill/promptmill/convert/hub/internal/disk"
	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// notesDir is where Python keeps its records in a folder that it downloaded to:
//
//	.cache/huggingface/download/{path}.metadata   a record
//	.cache/huggingface/download/{path}.lock
//	.cache/huggingface/trees/{commit}.json        every file of the commit
const notesDir = ".cache/huggingface"

// folderPlace is a folder of the user's, which Python calls local_dir, as the place of one commit of a dataset. It
// creates nothing before it is asked for a lock.
type folderPlace struct {
	c   *Client
	d   *Dataset
	dir string

	mu    sync.Mutex
	files disk.Folder // its root is nil while the folder does not exist
	begun bool        // the folder has been made ready
}

func (c *Client) folderPlace(d *Dataset, dir string) (place, error) {
	if err := d.Ref.check(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", fault.Printable(dir, fault.MaxMessage), err)
	}
	p := &folderPlace{c: c, d: d, dir: dir, files: disk.Folder{Explain: func(err error) error {
		return diskError(dir, "choose another folder for the files", err)
	}}}
	root, err := os.OpenRoot(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, p.files.Explain(err)
	}
	p.files.Root = root
	return p, nil
}

func (p *folderPlace) path(f File) string { return filepath.Join(p.dir, filepath.FromSlash(f.Path)) }

func (p *folderPlace) has(f File) bool {
	files := p.reading()
	if files.Root == nil || checkLocal(f) != nil {
		return false
	}
	r, fi, err := readRecord(files.Root, f)
	return err == nil && r.etag == f.etag() && r.covers(fi) && fi.Size() == f.Size
}

func (p *folderPlace) root() *os.Root {
	files, err := p.writing()
	if err != nil {
		return nil
	}
	return files.Root
}

func (p *folderPlace) partial(f File, tag string) string {
	sum := sha1.Sum([]byte(path.Base(recordName(f))))
	name := base64.URLEncoding.EncodeToString(sum[:]) + "." + f.etag() + "." + tag + ".incomplete"
	return path.Join(path.Dir(recordName(f)), name)
}

func (p *folderPlace) lock(ctx context.Context, f File) (release func(), shared bool, err error) {
	if err := checkLocal(f); err != nil {
		return nil, false, fmt.Errorf("%s: %w", p.d.Ref.Repo, err)
	}
	files, err := p.writing()
	if err != nil {
		return nil, false, err
	}
	if err := files.Root.MkdirAll(path.Dir(recordName(f)), 0o777); err != nil {
		return nil, false, files.Explain(err)
	}
	name := strings.TrimSuffix(recordName(f), ".metadata") + ".lock"
	return p.c.acquire(ctx, files.Root, name, p.d.Ref.Repo+": "+fault.Printable(f.Path, 200))
}

// adopt takes over a file that has no valid record but the right bytes, or copies it from the cache, as Python does.
func (p *folderPlace) adopt(ctx context.Context, f File) (bool, error) {
	if p.has(f) {
		return true, nil
	}
	files, err := p.writing()
	if err != nil {
		return false, err
	}
	if p.same(ctx, files.Root, f) {
		return true, p.record(f)
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return p.copyCached(ctx, f)
}

// same reports whether the user's file has the bytes of f.
func (p *folderPlace) same(ctx context.Context, root *os.Root, f File) bool {
	fi, err := root.Stat(f.Path)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() != f.Size {
		return false
	}
	file, err := root.Open(f.Path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // it was only read
	sum, err := hashAll(ctx, file, f)
	return err == nil && sum.check(f) == nil
}

// copyCached makes f of the bytes in the cache, if they are there and right.
func (p *folderPlace) copyCached(ctx context.Context, f File) (bool, error) {
	s := p.c.store(p.d.Ref.Repo)
	if !s.has(p.d.Commit, f) {
		return false, nil
	}
	from, err := os.Open(s.local(p.d.Commit, f))
	if err != nil {
		return false, nil // then it is downloaded
	}
	defer func() { _ = from.Close() }() // it was only read
	tmp := p.partial(f, randomTag())
	err = p.files.Create(tmp, tmp, 0o666, func(file *os.File) error {
		sum, err := hashAll(ctx, io.TeeReader(from, p.files.WriterTo(file)), f)
		if err != nil {
			return err
		}
		return sum.check(f)
	})
	switch {
	case errors.Is(err, ErrCorrupt):
		return false, nil // the cache has a wrong blob, which is not this download's concern
	case err != nil:
		return false, err
	}
	return true, p.publish(f, tmp)
}

// publish replaces what the user has under the name of f, as Python does.
func (p *folderPlace) publish(f File, name string) error {
	files, err := p.writing()
	if err != nil {
		return err
	}
	if err := files.Root.MkdirAll(path.Dir(f.Path), 0o777); err != nil {
		return files.Explain(err)
	}
	if err := files.Root.Rename(name, f.Path); err != nil {
		return files.Explain(err)
	}
	if err := files.SyncDir(path.Dir(f.Path)); err != nil {
		return err
	}
	return p.record(f)
}

// close brings the records of files that another commit shares up to date, so that Python need not ask about them.
func (p *folderPlace) close(complete bool) error {
	files := p.reading()
	if files.Root == nil {
		return nil
	}
	if complete {
		for _, f := range p.d.Files {
			if r, _, err := readRecord(files.Root, f); err == nil && r.commit != p.d.Commit && p.has(f) {
				_ = p.record(f) // the old record is right too
			}
		}
	}
	return files.Root.Close()
}

// record writes down that the user's file is f.
func (p *folderPlace) record(f File) error {
	files := p.reading()
	fi, err := files.Root.Stat(f.Path)
	if err != nil {
		return files.Explain(err)
	}
	return files.Write(recordName(f), 0o666, newRecord(p.d.Commit, f, fi).encode())
}

// reading returns the folder, whose root may be nil.
func (p *folderPlace) reading() disk.Folder {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.files
}

// writing returns the folder, made ready for files the way Python does.
func (p *folderPlace) writing() (disk.Folder, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun {
		return p.files, nil
	}
	if p.files.Root == nil {
		if err := os.MkdirAll(p.dir, 0o777); err != nil {
			return disk.Folder{}, p.files.Explain(err)
		}
		root, err := os.OpenRoot(p.dir)
		if err != nil {
			return disk.Folder{}, p.files.Explain(err)
		}
		p.files.Root = root
	}
	if err := p.prepare(); err != nil {
		return disk.Folder{}, err
	}
	p.begun = true
	return p.files, nil
}

// prepare writes what Python puts beside its records.
func (p *folderPlace) prepare() error {
	if err := p.files.Root.MkdirAll(notesDir+"/download", 0o777); err != nil {
		return p.files.Explain(err)
	}
	for name, text := range map[string]string{"CACHEDIR.TAG": cacheTag, ".gitignore": "*"} {
		name = notesDir + "/" + name
		if _, err := p.files.Root.Lstat(name); err == nil {
			continue
		}
		if err := p.files.Write(name, 0o666, []byte(text)); err != nil {
			return err
		}
	}
	if !p.d.whole {
		return nil
	}
	text, err := encodeTree(p.d.tree)
	if err != nil {
		return err
	}
	return p.files.Write(notesDir+"/"+treeName(p.d.Commit), treeMode, text)
}

// checkLocal refuses names that cannot be files in the user's folder.
func checkLocal(f File) error {
	switch {
	case !filepath.IsLocal(filepath.FromSlash(f.Path)):
		return fmt.Errorf("%w: the name %q cannot be a file on this system", ErrCorrupt, fault.Printable(f.Path, 200))
	case strings.HasPrefix(strings.ToLower(f.Path)+"/", notesDir+"/"):
		return fmt.Errorf("%w: the name %q is taken by the records of the folder", ErrCorrupt, fault.Printable(f.Path, 200))
	}
	return nil
}
