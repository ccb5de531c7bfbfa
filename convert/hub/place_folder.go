package hub

import (
	"context"
	"crypto/sha1" // in names only, as Python's
	"encoding/base64"
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
	for _, f := range d.Files {
		if err := checkLocal(f); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Ref, err)
		}
	}
	p := &folderPlace{c: c, d: d, dir: dir, files: disk.Folder{Explain: func(err error) error {
		return diskError(dir, "choose another folder for the files", err)
	}}}
	root, err := os.OpenRoot(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, p.files.Explain(err)
	}
	p.files.Root = root
	if err := p.obstructed(); err != nil {
		return nil, errors.Join(err, p.close(false))
	}
	return p, nil
}

// obstructed returns an error if the user has a folder where a file belongs, or a file where a folder does: neither is
// ours to remove, and bytes that cannot be named need not be fetched.
func (p *folderPlace) obstructed() error {
	if p.files.Root == nil {
		return nil
	}
	for _, f := range p.d.Files {
		for name := f.Path; name != "."; name = path.Dir(name) {
			fi, err := p.files.Root.Lstat(name)
			if err != nil {
				continue
			}
			if name == f.Path && fi.IsDir() || name != f.Path && fi.Mode().IsRegular() {
				return p.files.Explain(fmt.Errorf("%s is in the way of the file %s of %s: remove it",
					fault.Printable(name, 200), fault.Printable(f.Path, 200), p.d.Ref.Repo))
			}
			break // what is above it are folders
		}
	}
	return nil
}

func (p *folderPlace) path(f File) string { return filepath.Join(p.dir, filepath.FromSlash(f.Path)) }

func (p *folderPlace) has(f File) bool {
	files := p.reading()
	if files.Root == nil {
		return false
	}
	r, fi, err := readRecord(files.Root, f)
	return err == nil && r.describes(fi, f) && !damaged(p.path(f), f)
}

// needs is true for a file that the cache has: it is copied.
func (p *folderPlace) needs(f File) bool {
	files := p.reading()
	if files.Root == nil {
		return true
	}
	fi, err := files.Root.Stat(f.Path)
	return err != nil || !fi.Mode().IsRegular() || fi.Size() != f.Size
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

// folderLock returns the name of the lock of f, which is beside its record.
func folderLock(f File) string { return notesDir + "/download/" + f.Path + ".lock" }

func (p *folderPlace) lock(ctx context.Context, f File) (release func(), shared bool, err error) {
	files, err := p.writing()
	if err != nil {
		return nil, false, err
	}
	if err := files.Root.MkdirAll(path.Dir(recordName(f)), 0o777); err != nil {
		return nil, false, files.Explain(err)
	}
	return p.c.acquire(ctx, files.Root, folderLock(f), p.d.Ref.Repo+": "+fault.Printable(f.Path, 200))
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
	theirs := isUsers(files.Root, f)
	if err := files.Root.Rename(name, f.Path); err != nil {
		return files.Explain(err)
	}
	if theirs {
		p.c.cfg.Logf("WARNING: %s: replaced a file that was there, and was not what a pull had left", fault.Printable(p.path(f), fault.MaxMessage))
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
	var err error
	if complete {
		err = p.finish(files.Root)
	}
	return errors.Join(err, files.Root.Close())
}

func (p *folderPlace) finish(root *os.Root) error {
	if err := collision(root, p.d.Files, func(f File) string { return f.Path }); err != nil {
		return fmt.Errorf("%s: %w", p.d.Ref, err)
	}
	for _, f := range p.d.Files {
		if r, _, err := readRecord(root, f); err == nil && r.commit != p.d.Commit && p.has(f) {
			_ = p.record(f) // the old record is right too
		}
	}
	sweep(p, root, p.d.Files, func(f File) *os.File {
		lock, _ := disk.TryLock(root, folderLock(f)) // without locks others may be at it
		return lock
	})
	return nil
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
